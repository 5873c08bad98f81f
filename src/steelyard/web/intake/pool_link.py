"""The pool as this room's jobs and checks open it."""

from django.conf import settings

from steelyard.engines.postgres import Role
from steelyard.pool import Pool
from steelyard.web.intake.catalogue_files import contracts, interfaces
from steelyard.web.orgs.engine_link import database_of_pages

__all__ = ["database_of_pages", "pool"]


def pool(role: Role = Role.WORKER) -> Pool:
    """The pool with this installation's contracts and interfaces."""
    return Pool(settings.STEELYARD_HOME, database_of_pages(), contracts(), interfaces(), role=role)
