"""States and transitions as data: buttons, verbs and the database's trigger all read the same file."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import chinese_calendar
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from steelyard.kit import yamlfile
from steelyard.web.audit.errors import WebError

FLOWS = ("appeal", "loophole")
"""Files of ``catalogue/workflows`` that this reader serves."""


class WrongState(WebError):
    """The matter is not in a state from which this leads anywhere."""

    text = _("This is no longer possible: the matter has moved on. Load the page again.")


@dataclass(frozen=True)
class Transition:
    """One way from states to a state, and who may take it."""

    name: str
    sources: tuple[str, ...]
    target: str
    by: frozenset[str]
    needs: tuple[str, ...]
    title: Mapping[str, str]
    limit: int | None


@dataclass(frozen=True)
class Flow:
    """One workflow file."""

    id: str
    initial: str
    final: frozenset[str]
    states: Mapping[str, Mapping[str, Any]]
    transitions: Mapping[str, Transition]
    data: Mapping[str, Any]

    def open_to(self, state: str, actors: Iterable[str]) -> list[Transition]:
        """Transitions that one of ``actors`` may take from ``state``: the buttons of a page."""
        wanted = set(actors)
        return [found for found in self.transitions.values() if state in found.sources and found.by & wanted]

    def take(self, name: str, state: str, actors: Iterable[str]) -> Transition:
        """The transition of that name.  Raises WrongState where the file does not let it happen."""
        found = self.transitions.get(name)
        if found is None or state not in found.sources or not found.by & set(actors):
            raise WrongState
        return found

    def pairs(self) -> set[tuple[str, str]]:
        """Every allowed change of state; an empty source stands for a new row."""
        made = {("", self.initial)}
        for found in self.transitions.values():
            made |= {(source, found.target) for source in found.sources}
        return made


def flow(name: str) -> Flow:
    """The workflow of that name, read again when its file has changed."""
    path = Path(settings.STEELYARD_CATALOGUE) / "workflows" / f"{name}.yaml"
    return _read(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=16)
def _read(path: Path, _changed: int) -> Flow:
    data = yamlfile.load(path).data
    transitions = {
        row["name"]: Transition(
            row["name"], tuple(row["from"]), row["to"], frozenset(row["by"]), tuple(row.get("needs", ())),
            {"zh": row["zh"], "en": row["en"]}, row.get("limit"),
        )
        for row in data["transitions"]
    }  # fmt: skip
    unknown = {state for found in transitions.values() for state in (*found.sources, found.target)} - set(
        data["states"]
    )
    if unknown:
        raise yamlfile.YamlError(f"{path}: transitions name states that do not exist: {', '.join(sorted(unknown))}")
    return Flow(data["id"], data["initial"], frozenset(data["final"]), data["states"], transitions, data)


def add_working_days(day: dt.date, count: int) -> dt.date:
    """The ``count``-th working day after ``day``; the calendar of holidays where it is known, else Monday to Friday."""
    while count > 0:
        day += dt.timedelta(days=1)
        count -= is_working_day(day)
    return day


def is_working_day(day: dt.date) -> bool:
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


def due_from(day: dt.date, span: object) -> dt.date | None:
    """``15d`` as calendar days, ``5`` as working days; None without a span."""
    if span is None:
        return None
    text = str(span)
    if text.endswith("d") and not text.endswith("wd"):
        return day + dt.timedelta(days=int(text[:-1]))
    return add_working_days(day, int(text.removesuffix("wd")))
