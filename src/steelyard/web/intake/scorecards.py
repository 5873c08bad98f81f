"""How departments deliver, month by month.  Counted by the worker over everything; pages only read what it kept."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Any

from django.db import transaction
from django.utils import timezone
from psycopg.rows import dict_row

from steelyard.sources import Interface
from steelyard.web.intake import runs
from steelyard.web.intake.above import given
from steelyard.web.intake.catalogue_files import contracts, interfaces
from steelyard.web.intake.models import Order, OrderKind, OrderState, ScoreCard
from steelyard.web.intake.timetable import days_due, limit_days
from steelyard.web.orgs import clock
from steelyard.web.orgs.engine_link import reader
from steelyard.web.orgs.models import Area

CAUSES = 5


@dataclass(frozen=True)
class Month:
    """A month up to a day: the whole of it once it is over."""

    first: dt.date
    upto: dt.date
    began: dt.date = dt.date.min
    """The day on which anything came for the first time; before it nothing was agreed."""

    @property
    def since(self) -> dt.date:
        """The day from which on hand-overs are counted."""
        return max(self.first, self.began)

    @property
    def end(self) -> dt.date:
        """The first day after it."""
        return next_month(self.first)


def next_month(first: dt.date) -> dt.date:
    return (first.replace(day=28) + dt.timedelta(days=4)).replace(day=1)


def month_before(first: dt.date) -> dt.date:
    return (first - dt.timedelta(days=1)).replace(day=1)


def month_of(first: dt.date, today: dt.date) -> Month:
    return Month(first, min(today, next_month(first) - dt.timedelta(days=1)))


def _many(sql: str, **values: Any) -> list[dict[str, Any]]:
    with reader() as connection, connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(sql, values).fetchall()


def renew(first: dt.date) -> int:
    """Count one month anew for every department.  Returns how many cards stand: none before anything ever came."""
    month, began = month_of(first, clock.today()), _began()
    if began is None or month.end <= began:
        return 0
    month = replace(month, began=began)
    made = cards(month)
    with transaction.atomic():
        for department, figures in made.items():
            ScoreCard.objects.update_or_create(
                department=department, month=first, defaults={"figures": figures, "made_at": clock.now()}
            )
    return len(made)


BEGAN = """
SELECT least(min(received_on), (SELECT min(started_at)::date FROM engine.interface_run)) AS began FROM engine.delivery
"""


def _began() -> dt.date | None:
    found: dt.date | None = _many(BEGAN)[0]["began"]
    return found


def renew_newest() -> int:
    """Count the present and the past month anew.  Returns how many cards of the present month stand."""
    first = clock.today().replace(day=1)
    renew(month_before(first))
    return renew(first)


def cards(month: Month) -> dict[str, dict[str, Any]]:
    """Figures of every department that owes anything or delivered anything, each a count with its denominator."""
    owed: dict[str, list[Interface]] = {}
    for one in interfaces().values():
        owed.setdefault(one.department, []).append(one)
    counted = {row["supplier"]: row for row in _many(COUNTED, first=month.first, end=month.end)}
    answers, false = _answers(month), list(given().false_data(month.first, month.upto))
    delivered_by = _deliverers(false)
    found = {}
    for department in sorted(set(owed) | set(counted)):
        listed, row = owed.get(department, []), counted.get(department, {})
        found[department] = {
            "interfaces": len(listed),
            "since": month.since.isoformat(),
            "on_time": on_time(listed, answers, month),
            "complete": _complete(listed, month),
            "refused": [row.get("refused", 0), row.get("deliveries", 0)],
            "held_back": [row.get("quarantined", 0), row.get("received", 0)],
            "causes": _many(CAUSED, supplier=department, first=month.first, end=month.end, limit=CAUSES),
            "corrected": _corrected(department, month),
            "false_data": [sum(department in one for one in delivered_by), len(false)],
        }
    return found


COUNTED = """
SELECT d.supplier, count(*) AS deliveries, count(*) FILTER (WHERE d.state = 'refused') AS refused,
       coalesce(sum(r.received), 0)::bigint AS received, coalesce(sum(r.quarantined), 0)::bigint AS quarantined
FROM engine.delivery d LEFT JOIN (
  SELECT delivery, sum(received) AS received, sum(quarantined) AS quarantined FROM engine.receipt GROUP BY 1
) r ON r.delivery = d.id
WHERE d.received_on >= %(first)s AND d.received_on < %(end)s AND d.state <> 'received' GROUP BY 1
"""
CAUSED = """
SELECT q.dataset, q.column_name AS column, q.rule, count(DISTINCT (q.delivery, q.file, q.row)) AS rows
FROM engine.quarantine q JOIN engine.delivery d ON d.id = q.delivery
WHERE d.supplier = %(supplier)s AND q.outcome = 'quarantined' AND d.received_on >= %(first)s
  AND d.received_on < %(end)s
GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1, 2, 3 LIMIT %(limit)s
"""
ANSWERED = """
SELECT interface, received_on AS day FROM engine.delivery
WHERE state = 'accepted' AND received_on < %(end)s GROUP BY 1, 2 ORDER BY 2
"""


def _answers(month: Month) -> dict[str, list[dt.date]]:
    """Days up to the month's end on which rows came, or the answer that there are none, by interface."""
    found: dict[str, set[dt.date]] = {}
    for row in _many(ANSWERED, end=month.end):
        found.setdefault(row["interface"], set()).add(row["day"])
    zone = timezone.get_current_timezone()
    first, end = (dt.datetime.combine(day, dt.time(), zone) for day in (month.first, month.end))
    for run in runs.runs_between(first, end):
        if run["state"] in ("ok", "nothing"):
            found.setdefault(run["interface"], set()).add(timezone.localtime(run["started_at"]).date())
    return {interface: sorted(days) for interface, days in found.items()}


def on_time(listed: Sequence[Interface], answers: Mapping[str, Sequence[dt.date]], month: Month) -> list[int]:
    """Kept and agreed hand-overs of the month.

    A schedule agrees on one a day it names; it is kept by an answer before the next one.  Without a schedule the
    month agrees on one: that at its end the newest delivery is no older than the contract says.
    """
    kept = agreed = 0
    for one in listed:
        came = answers.get(one.id, ())
        due = days_due(one, month.since, month.upto)
        if one.schedule:
            # A yearly schedule names no day of most months.
            until = [*due[1:], month.upto + dt.timedelta(days=1)] if due else []
            met = [any(day <= at < end for at in came) for day, end in zip(due, until, strict=True)]
            if due and due[-1] == month.upto and not met[-1]:
                met.pop()  # the last day is not over yet
            kept, agreed = kept + sum(met), agreed + len(met)
        elif (limit := limit_days(one)) is not None:
            newest = max((day for day in came if day <= month.upto), default=None)
            kept += newest is not None and (month.upto - newest).days <= limit
            agreed += 1
    return [kept, agreed]


COVERED = """
SELECT count(*) AS areas FROM (
  SELECT DISTINCT ON (area_code) rows FROM engine.coverage_day
  WHERE dataset = %(dataset)s AND area_code = ANY (%(areas)s) AND day < %(end)s ORDER BY area_code, day DESC
) AS last WHERE rows > 0
"""


def _complete(listed: Iterable[Interface], month: Month) -> list[int]:
    """Areas with rows at the month's end and areas that should have some, over the datasets kept by area."""
    with_rows = expected = 0
    known = contracts()
    for dataset in sorted({feed.dataset for one in listed for feed in one.feeds}):
        level = known[dataset].expectations.areas if dataset in known else "none"
        if level == "none":
            continue
        areas = list(Area.objects.filter(level=level).values_list("code", flat=True))
        with_rows += _many(COVERED, dataset=dataset, areas=areas, end=month.end)[0]["areas"]
        expected += len(areas)
    return [with_rows, expected]


def _deliverers(false: Iterable[frozenset[str]]) -> list[set[str]]:
    """Departments whose rows each alert found false rests on."""
    listed = [set(one) for one in false]
    wanted = sorted(set().union(*listed)) if listed else []
    rows = _many("SELECT id::text AS id, supplier FROM engine.delivery WHERE id::text = ANY (%(ids)s)", ids=wanted)
    supplier = {row["id"]: row["supplier"] for row in rows}
    return [{supplier[one] for one in deliveries if one in supplier} for deliveries in listed]


def _corrected(department: str, month: Month) -> dict[str, Any]:
    """Replays and corrections that came through in the month, and the median of days since the rows were received."""
    done = Order.objects.filter(
        kind__in=(OrderKind.REPLAY, OrderKind.CORRECT), state=OrderState.DONE, interface__startswith=f"{department}/",
        finished__date__range=(month.first, month.upto),
    )  # fmt: skip
    ended = {str(order.delivery): timezone.localtime(order.finished).date() for order in done if order.finished}
    rows = _many("SELECT id::text AS id, received_on FROM engine.delivery WHERE id::text = ANY (%(ids)s)", ids=[*ended])
    days = [(ended[row["id"]] - row["received_on"]).days for row in rows]
    return {"n": len(days), "median_days": round(median(days))} if days else {"n": 0}
