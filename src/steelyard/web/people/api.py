"""The village's page for machines: the same published rows, the same gaps.  No token: it is public."""

import datetime as dt
from typing import Any

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from ninja import Router, Schema
from ninja.errors import HttpError

from steelyard.web.orgs import clock
from steelyard.web.orgs.models import Area
from steelyard.web.people import pages
from steelyard.web.people.pace import is_too_fast

router = Router(tags=["villages"])
PERSONS = ("village_labour", "subsidy_payment")


class GapOut(Schema):
    """Something that should be public and is not."""

    rule: str
    title: str
    dataset: str
    key: str
    since: dt.date | None
    days_overdue: int


class DisclosureOut(Schema):
    """What a village has published; lists of persons are left to the pages, where machines are kept out."""

    village_code: str
    village: str
    pool_version: int | None
    as_of: dt.date
    rows: dict[str, list[dict[str, Any]]]
    rents: list[dict[str, Any]]
    missing: list[GapOut]


@router.get("/villages/{code}/disclosure", auth=None, response={200: DisclosureOut}, summary="Village disclosure")
def village_disclosure(request: HttpRequest, code: str) -> dict[str, Any]:
    """What a village publishes, as on its page: no rows about persons.  Needs no token."""
    if is_too_fast(request):
        words = _("Too many pages in one minute came from your connection. Wait a minute and load the page again.")
        raise HttpError(429, words)
    village = Area.objects.filter(code=code, level="village").first()
    if village is None:
        raise Http404
    today, published = clock.today(), pages.published_on()
    book = pages.VillageBook(village, today)
    rents = [(row["key"], book.rent_of(row["key"])) for row in book.rows("village_contract")]
    return {
        "village_code": village.code, "village": str(village), "as_of": today,
        "pool_version": published.pool_version if published else None,
        "rows": {name: book.rows(name) for name in sorted(book.datasets()) if name not in PERSONS},
        "rents": [
            {"contract_id": key, "due": rent.due, "received": rent.received, "arrears": rent.arrears}
            for key, rent in rents
        ],
        "missing": [
            {"rule": gap.rule, "title": gap.title, "dataset": gap.dataset, "key": gap.key, "since": gap.since,
             "days_overdue": gap.days}
            for gap in book.gaps()
        ],
    }  # fmt: skip
