"""Where and in which phase each model runs: decisions of the deployment, read as they stand on one day."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import psycopg

from steelyard.detect.parameters import prefix

Connection = psycopg.Connection[Any]
Phase = Literal["draft", "shadow", "live-pilot", "promoted", "probation", "retired"]
Standing = Literal["routed", "shadow", "held", "sweep"]
PHASES: tuple[Phase, ...] = ("draft", "shadow", "live-pilot", "promoted", "probation", "retired")
LIVE: frozenset[str] = frozenset({"live-pilot", "promoted", "probation"})
"""Findings become alerts."""
EVALUATED: frozenset[str] = LIVE | {"shadow"}


@dataclass(frozen=True)
class Release:
    """One decision: this text of a model runs in this phase in this area."""

    id: int
    model: str
    version: str
    sha256: str
    phase: Phase
    area: str
    """Leading digits of the area's code; empty is everywhere."""
    since: dt.date
    until: dt.date | None = None
    decided_by: str = ""
    approved_by: tuple[str, ...] = ()
    reason: str = ""
    evidence: Mapping[str, Any] = field(default_factory=dict)
    decided_at: dt.datetime | None = None
    beside: bool = False
    """This text is watched beside another that raises alerts: it governs nothing."""

    def covers(self, area: str) -> bool:
        return area.startswith(self.area)


class Releases:
    """The decisions in force on a day, in the order in which they were taken."""

    def __init__(self, listed: Iterable[Release]) -> None:
        self._of: dict[str, list[Release]] = {}
        self._beside: dict[str, Release] = {}
        for one in listed:
            if one.beside:
                self._beside[one.model] = one
            else:
                self._of.setdefault(one.model, []).append(one)

    @property
    def models(self) -> Collection[str]:
        """Models somebody has decided about."""
        return self._of.keys()

    def at(self, model: str, area: str) -> Release | None:
        """What governs a model in an area: the latest decision that covers it.

        A shadow of a wide area leaves the narrower ones in it live that were so before.
        """
        found: Release | None = None
        for one in self._of.get(model, ()):
            if not one.covers(area):
                continue
            widens = found is not None and found.phase in LIVE and len(found.area) > len(one.area)
            if not (widens and one.phase in ("draft", "shadow")):
                found = one
        return found

    def phase(self, model: str, area: str) -> Phase:
        """``draft`` where nobody has decided anything."""
        found = self.at(model, prefix(area))
        return found.phase if found else "draft"

    def evaluates(self, model: str, area: str) -> bool:
        return self.phase(model, area) in EVALUATED

    def standing(self, model: str, area: str) -> Standing:
        """What becomes of a new finding in an area."""
        return "routed" if self.phase(model, area) in LIVE else "shadow"

    def scopes(self, model: str) -> list[Release]:
        """What is in force, by area prefix; each prefix once."""
        found = {one.area: self.at(model, one.area) for one in self._of.get(model, ())}
        return [one for area, one in sorted(found.items()) if one is not None and one.area == area]

    def runs(self, model: str) -> Release | None:
        """The newest decision by which the model is evaluated anywhere; None where it is nowhere."""
        scopes = [one for one in self.scopes(model) if one.phase in EVALUATED]
        live = [one for one in scopes if one.phase in LIVE]
        return max(live or scopes, key=lambda one: one.id, default=None)

    def beside(self, model: str) -> Release | None:
        """The newer text that is watched beside the one that raises alerts; None where there is none.

        It ends when it is put back, when it or another new text is released, and when the old one raises no alerts.
        """
        found, runs = self._beside.get(model), self.runs(model)
        if found is None or found.phase != "shadow" or runs is None or not self.is_live(model):
            return None
        known = {one.sha256 for one in self._of[model] if one.id < found.id}
        replaced = any(one.id > found.id and one.phase in LIVE and one.sha256 not in known for one in self._of[model])
        return None if replaced or runs.sha256 == found.sha256 else found

    def is_live(self, model: str) -> bool:
        return any(one.phase in LIVE for one in self.scopes(model))


_COLUMNS = (
    "id, model, version, sha256, phase, area_prefix, valid_from, valid_to, decided_by, approved_by, reason, "
    "evidence, decided_at, beside"
)


def releases_on(connection: Connection, day: dt.date) -> Releases:
    """The decisions in force on a day."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM engine.release WHERE valid_from <= %(day)s AND coalesce(valid_to, %(day)s) >= %(day)s "
        "ORDER BY id",
        {"day": day},
    ).fetchall()
    return Releases(_read(row) for row in rows)


def history(connection: Connection, model: str) -> list[Release]:
    """Every decision on a model, the newest first."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM engine.release WHERE model = %s ORDER BY id DESC", [model]
    ).fetchall()
    return [_read(row) for row in rows]


def _read(row: tuple[Any, ...]) -> Release:
    values = list(row)
    values[9] = tuple(row[9])
    return Release(*values)
