"""The interface board: every interface of the departments a reader sees, in which condition, and since when."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from psycopg.rows import dict_row

from steelyard.engines.postgres import Role
from steelyard.pool import Standing, late_since
from steelyard.web.intake import runs
from steelyard.web.intake.catalogue_files import calendar, contracts, department_name, interfaces
from steelyard.web.intake.conditions import CONDITIONS, Condition, gravest
from steelyard.web.intake.guards import only_seen
from steelyard.web.intake.models import Pause
from steelyard.web.intake.pool_link import pool
from steelyard.web.intake.queries import InterfaceLine, interface_lines
from steelyard.web.intake.timetable import next_due
from steelyard.web.orgs.engine_link import reader
from steelyard.web.orgs.models import User

Row = Mapping[str, Any]
NEWEST = """
SELECT DISTINCT ON (d.interface) d.interface, d.id, d.state, d.received_on, d.received_at, d.message, d.signals,
       (SELECT sum(r.received)::bigint FROM engine.receipt r WHERE r.delivery = d.id) AS received,
       (SELECT sum(r.quarantined)::bigint FROM engine.receipt r WHERE r.delivery = d.id) AS quarantined
FROM engine.delivery d WHERE d.state <> 'received' ORDER BY d.interface, d.seq DESC
"""
DRIFTS = frozenset({"unknown-column", "missing-column", "drift", "changed-columns"})


@dataclass(frozen=True)
class BoardLine:
    """One interface on the board."""

    line: InterfaceLine
    conditions: tuple[Condition, ...]
    """Gravest first; never empty."""
    run: Row | None = None
    newest: Row | None = None
    """The newest delivery that was worked through: accepted, refused or withdrawn."""
    incidents: tuple[Row, ...] = ()
    due: dt.datetime | None = None
    late_since: dt.datetime | None = None
    pause: Pause | None = None
    schedule: str = ""
    connector: str = ""

    @property
    def id(self) -> str:
        return self.line.id

    @property
    def state(self) -> Condition:
        return self.conditions[0]

    @property
    def rows(self) -> int | None:
        """Rows of the newest delivery; None where there is none."""
        return int(self.newest["received"] or 0) if self.newest else None

    @property
    def held_back(self) -> int:
        """Rows of the newest delivery that went into quarantine."""
        return int(self.newest["quarantined"] or 0) if self.newest else 0

    @property
    def incident(self) -> Row | None:
        return self.incidents[0] if self.incidents else None


@dataclass
class Department:
    """One department on the board."""

    code: str
    name: str
    lines: list[BoardLine] = field(default_factory=list)

    @property
    def unwell(self) -> int:
        return sum(line.state.tone == "bad" for line in self.lines)


@dataclass(frozen=True)
class Board:
    """What a reader sees: departments in the order of their names, and how many interfaces are in which condition."""

    departments: list[Department]
    counts: list[tuple[Condition, int]]

    @property
    def lines(self) -> list[BoardLine]:
        return [line for department in self.departments for line in department.lines]

    @property
    def several(self) -> int:
        """Interfaces in more than one condition, which every count of theirs holds."""
        return sum(len(line.conditions) > 1 for line in self.lines)


def board(viewer: User, now: dt.datetime) -> Board:
    """The board as one reader sees it."""
    seen = set(only_seen(viewer, (line.id for line in interface_lines())))
    lines = [line for line in board_lines(now) if line.id in seen]
    found: dict[str, Department] = {}
    for line in lines:
        code = line.line.department
        found.setdefault(code, Department(code, department_name(code))).lines.append(line)
    counted = Counter(condition.code for line in lines for condition in line.conditions)
    counts = [(one, counted[one.code]) for one in CONDITIONS if counted[one.code]]
    return Board(sorted(found.values(), key=lambda one: one.code), counts)


def board_lines(now: dt.datetime, only: str = "") -> list[BoardLine]:
    """Every interface, or one of them, with its condition at a moment."""
    newest = {row["interface"]: row for row in _newest()}
    last, standings, incidents = runs.last_runs(), pool(Role.READER).standings(), runs.open_incidents()
    paused = {pause.interface: pause for pause in Pause.objects.filter(ended=None).select_related("by")}
    return [
        _line(
            line, now, run=last.get(line.id), newest=newest.get(line.id), incidents=incidents.get(line.id, ()),
            standing=standings.get(line.id), pause=paused.get(line.id),
        )
        for line in interface_lines()
        if not only or line.id == only
    ]  # fmt: skip


def _newest() -> list[dict[str, Any]]:
    with reader() as connection, connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(NEWEST).fetchall()


def _line(
    line: InterfaceLine, now: dt.datetime, *, run: Row | None, newest: Row | None, incidents: Iterable[Row],
    standing: Standing | None, pause: Pause | None,
) -> BoardLine:  # fmt: skip
    known = interfaces().get(line.id)
    late = late_since(known, contracts(), standing, line.last_on, now, calendar()) if known else None
    codes = {str(one["kind"]) for one in incidents}
    codes |= {"failing"} if run and run["state"] == "failed" else set()
    codes |= {"refused"} if newest and newest["state"] == "refused" else set()
    codes |= {"drift"} if newest and newest["state"] == "accepted" and _drifts(newest) else set()
    codes |= {"out-of-order"} if newest and newest["state"] == "accepted" and _disordered(newest) else set()
    codes |= {"late"} if late else set()
    codes |= {"never"} if not line.deliveries else set()
    codes |= {"paused"} if pause else set()
    return BoardLine(
        line, gravest(codes), run, newest, tuple(incidents),
        due=next_due(known, now) if known and not pause else None, late_since=late[0] if late else None, pause=pause,
        schedule=known.schedule if known else "", connector=known.connector if known else "",
    )  # fmt: skip


def _disordered(newest: Row) -> bool:
    return any(signal.get("kind") == "out-of-order" for signal in newest["signals"] or ())


def _drifts(newest: Row) -> bool:
    return any(signal.get("kind") in DRIFTS for signal in newest["signals"] or ())
