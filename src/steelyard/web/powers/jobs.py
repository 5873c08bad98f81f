"""Jobs of the village's powers; safe to run twice."""

from typing import Any

from django.conf import settings
from procrastinate.contrib.django import app

from steelyard.contracts import load_contracts
from steelyard.identity import IdentityKeys
from steelyard.pool import Pool
from steelyard.sources import load_interfaces
from steelyard.web.intake.jobs import look
from steelyard.web.intake.pool_link import database_of_pages
from steelyard.web.orgs import clock
from steelyard.web.powers import actions

INTERFACES = "platform/powers-"


class NotLanded(Exception):
    """The pool refused rows of the village's powers; they stay in the outbox."""


@app.periodic(cron="* * * * *")
@app.task(queue="ingest", lock="landing", queueing_lock="powers.hand_over")
def hand_over(timestamp: int = 0) -> None:
    """Give what the village did to the data pool, like any department's delivery."""
    if actions.hand_over(push_to_pool):
        look.configure(lock="models").defer()


def push_to_pool(dataset: str, key: str, rows: list[dict[str, Any]]) -> None:
    """Land rows of one dataset.  Raises NotLanded where the delivery as a whole is refused."""
    catalogue, database = settings.STEELYARD_CATALOGUE, database_of_pages()
    interfaces = load_interfaces(catalogue / "interfaces")
    (interface,) = (
        one for one in interfaces.values() if one.id.startswith(INTERFACES) and one.feeds[0].dataset == dataset
    )
    pool = Pool(settings.STEELYARD_HOME, database, load_contracts(catalogue / "contracts"), interfaces)
    landing = pool.push(interface, key, rows, assign=IdentityKeys(database), received_on=clock.today())
    if landing.state == "refused":
        raise NotLanded(f"{dataset}: {landing.message}")
