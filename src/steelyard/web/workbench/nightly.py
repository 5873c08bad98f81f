"""Runs nobody asks for: of the models that depend on the day, and the full one that checks what is stored."""

from django.conf import settings

from steelyard import detect
from steelyard.catalogue import Catalogue, load_catalogue
from steelyard.detect import signs
from steelyard.engines.postgres import Role
from steelyard.pool import Pool
from steelyard.web.orgs import clock
from steelyard.web.orgs.engine_link import database_of_pages


def sweep() -> detect.RunReport:
    """Models whose outcome depends on the day look with the new one."""
    return detect.run(_pool(), _catalogue(), database_of_pages(), clock.today(), kind="sweep")


def reconcile() -> detect.RunReport:
    """Every model looks at everything; every difference to what is stored is an incident and is repaired."""
    return detect.reconcile(_pool(), _catalogue(), database_of_pages(), clock.today())


def look_for_signs() -> list[signs.Sign]:
    """Every detector looks at every model that runs: shape of its findings, silence, canary."""
    with database_of_pages().connect(Role.WORKER, autocommit=True) as connection:
        return signs.look(connection, _catalogue(), clock.today())


def _pool() -> Pool:
    return Pool.open(settings.STEELYARD_HOME, database_of_pages(), settings.STEELYARD_CATALOGUE, role=Role.WORKER)


def _catalogue() -> Catalogue:
    return load_catalogue(settings.STEELYARD_CATALOGUE, settings.STEELYARD_HOME.models)
