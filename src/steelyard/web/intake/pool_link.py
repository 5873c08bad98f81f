"""The pool as this room's jobs and checks open it."""

from dataclasses import replace

from django.conf import settings

from steelyard.engines.postgres import Database, Role
from steelyard.pool import Pool
from steelyard.web.intake.catalogue_files import contracts, interfaces


def database_of_pages() -> Database:
    """The engine's database under the name the pages use; a test run has one of its own."""
    found: Database = settings.STEELYARD_DATABASE()
    return Database(replace(found.address, name=str(settings.DATABASES["default"]["NAME"])))


def pool(role: Role = Role.WORKER) -> Pool:
    """The pool with this installation's contracts and interfaces."""
    return Pool(settings.STEELYARD_HOME, database_of_pages(), contracts(), interfaces(), role=role)
