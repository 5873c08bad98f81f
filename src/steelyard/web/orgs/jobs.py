"""Jobs of accounts; safe to run twice."""

from django.conf import settings
from procrastinate.contrib.django import app

from steelyard.contracts import load_contracts
from steelyard.pool import Pool
from steelyard.web.orgs import actions
from steelyard.web.orgs.engine_link import database_of_pages
from steelyard.web.orgs.relatives import relatives_of_users


@app.task(queue="web", name="orgs.settle_identity", lock="orgs.kin")
def settle_identity(user_id: int, sealed: str) -> None:
    """Find out who an account's holder is, and hide from him what concerns him and his."""
    actions.settle_identity(user_id, sealed)
    renew_kin()


@app.task(queue="web", name="orgs.renew_kin", lock="orgs.kin")
def renew_kin() -> None:
    """Find out anew from whom everybody must stay away: who is who has changed."""
    pool = Pool(
        settings.STEELYARD_HOME, database_of_pages(), load_contracts(settings.STEELYARD_CATALOGUE / "contracts")
    )
    actions.renew_kin(relatives_of_users(pool))
