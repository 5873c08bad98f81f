"""Jobs of the governance room; safe to run twice."""

from typing import Any

from procrastinate.contrib.django import app

from steelyard.identity import IdentityKeys
from steelyard.web.governance import actions
from steelyard.web.governance.supplying import supply
from steelyard.web.intake.jobs import look
from steelyard.web.intake.pool_link import database_of_pages, pool
from steelyard.web.orgs import clock

INTERFACES = "platform/own-"


class NotLanded(Exception):
    """The pool refused the platform's own records; they are sent again with the next step."""


@app.periodic(cron="*/3 * * * *")
@app.task(queue="web", queueing_lock="governance.open_loopholes")
def open_loopholes(timestamp: int = 0) -> None:
    """Open a loophole for each case whose review said that a rule was or will be revised."""
    actions.open_from_reviews()


@app.periodic(cron="20 * * * *")
@app.task(queue="ingest", name="governance.supply_own", lock="landing", queueing_lock="governance.supply_own")
def supply_own(timestamp: int = 0) -> None:
    """Hand the platform's own records to the data pool, like any department's delivery."""
    if supply_now():
        look.configure(lock="models").defer()


def supply_now() -> int:
    """The step at once; returns how many rows went.  Raises NotLanded."""
    return supply(push_to_pool)


def push_to_pool(dataset: str, key: str, rows: list[dict[str, Any]]) -> None:
    """Land rows of one dataset.  Raises NotLanded where the delivery as a whole is refused."""
    opened = pool()
    (interface,) = (
        one for one in opened.interfaces.values() if one.id.startswith(INTERFACES) and one.feeds[0].dataset == dataset
    )
    landing = opened.push(interface, key, rows, assign=IdentityKeys(database_of_pages()), received_on=clock.today())
    if landing.state == "refused":
        raise NotLanded(f"{dataset}: {landing.message}")
