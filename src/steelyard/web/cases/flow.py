"""Reads a workflow file and says what may happen.  Names of states are the file's; none stands in the code."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from steelyard.kit import yamlfile
from steelyard.kit.errors import SteelyardError

SYSTEM = "system"
EXPLAINER = "explainer"
APART = ("handler", "reviewer", "second_reviewer", "inspector")
"""Four different persons, whatever a file says."""


class WorkflowBroken(SteelyardError):
    """A workflow file cannot be read; the message names file and line."""


@dataclass(frozen=True)
class State:
    """Where work can be, and how long for each grade."""

    name: str
    title: Mapping[str, str]
    deadline: Mapping[str, str]


@dataclass(frozen=True)
class Move:
    """A transition, or an action that leaves the state as it is (``target`` None)."""

    name: str
    title: Mapping[str, str]
    sources: tuple[str, ...]
    target: str | None
    by: tuple[str, ...]
    needs: tuple[str, ...] = ()
    guards: tuple[str, ...] = ()
    sets: tuple[str, ...] = ()
    limit: int | None = None
    over_limit: str = ""
    approved_by: tuple[str, ...] = ()
    most: str = ""

    def to(self, state: str) -> str:
        return self.target or state

    @property
    def is_aside(self) -> bool:
        """Whether the move takes the work off its usual way: a pause, or a hand-over as a clue."""
        return bool({"resume_by", "clue_receipt", "reopen_cause"} & set(self.needs))

    @property
    def inspects(self) -> bool:
        """Whether the move tells of a visit, which has its day."""
        return "inspection_record" in self.needs

    @property
    def asks(self) -> bool:
        """Whether the move puts questions to those concerned."""
        return "questions" in self.needs

    @property
    def decides(self) -> bool:
        """Whether the verdicts become final with this move."""
        return bool({"some_alert_true", "no_alert_true"} & set(self.guards))


@dataclass(frozen=True)
class Notify:
    """Whom lateness brings in: ``share`` of the limit, plus working days."""

    share: int
    extra: str
    notify: tuple[str, ...]
    mark: str


@dataclass(frozen=True)
class Workflow:
    """One released workflow."""

    id: str
    version: str
    title: Mapping[str, str]
    calendar: str
    initial: str
    final: tuple[str, ...]
    grades: tuple[str, ...]
    clock_stops_in: tuple[str, ...]
    states: Mapping[str, State]
    moves: Mapping[str, Move]
    actors: Mapping[str, Mapping[str, Any]]
    separation: tuple[Mapping[str, Any], ...]
    reopen_causes: tuple[str, ...]
    escalation: Mapping[str, tuple[Notify, ...]]
    sha256: str
    text: str = field(repr=False)
    document: yamlfile.Document = field(repr=False, compare=False)

    def moves_from(self, state: str) -> Iterator[Move]:
        """What can happen in a state."""
        return (move for move in self.moves.values() if state in move.sources)

    def transitions(self) -> Iterator[Move]:
        return (move for move in self.moves.values() if move.target is not None)

    def is_grave(self, grade: str) -> bool:
        """The gravest grade: facts are verified twice."""
        return grade == self.grades[0]

    def leads_on(self, move: Move, state: str) -> bool:
        """Whether a move brings the work nearer to its end; pauses, hand-overs and steps back do not."""
        if move.target is None or move.is_aside or "outcome_merged" in move.sets:
            return False
        order = list(self.states)
        return state in self.clock_stops_in or order.index(move.target) > order.index(state)

    def limit_of(self, state: str, grade: str) -> str | None:
        return self.states[state].deadline.get(grade)

    def system_move(self, state: str, *, sets: str = "", guard: str = "", needs: str = "") -> Move | None:
        """The system's own transition from ``state`` with this mark; None where the file has none."""
        for move in self.moves_from(state):
            if move.target is None or SYSTEM not in move.by:
                continue
            if (
                (not sets or sets in move.sets)
                and (not guard or guard in move.guards)
                and (not needs or needs in move.needs)
            ):
                return move
        return None

    def actors_wanted(self, state: str) -> set[str]:
        """The people whose move it is; those who may only step in from above are not meant."""
        stepping_in = {"supervisor", "dispatcher", "clue_office", SYSTEM}
        onward = [move for move in self.moves_from(state) if move.target is not None and not move.is_aside]
        found = {actor for move in onward for actor in move.by}
        return (found - stepping_in) or (found - {SYSTEM})


def load(path: Path) -> Workflow:
    """Read a workflow file.  Raises YamlError or WorkflowBroken with file and line."""
    return read(path.read_text(encoding="utf-8"), path)


def read(text: str, path: Path) -> Workflow:
    """As ``load``, for text already at hand."""
    document = yamlfile.loads(text, path)
    given = document.data
    try:
        states = {name: _state(name, value) for name, value in given["states"].items()}
        still_open = tuple(name for name in states if name not in given["final"])
        moves = {entry["name"]: _transition(entry) for entry in given["transitions"]}
        moves |= {entry["name"]: _action(entry, still_open) for entry in given.get("actions", [])}
        return Workflow(
            id=given["id"], version=given["version"], title=given["title"], calendar=given["calendar"],
            initial=given["initial"], final=tuple(given["final"]), grades=tuple(given["grades"]),
            clock_stops_in=tuple(given.get("clock_stops_in", [])), states=states, moves=moves,
            actors=given["actors"], separation=tuple(given["separation"]),
            reopen_causes=tuple(given.get("reopen_causes", [])),
            escalation={grade: tuple(map(_notify, rows)) for grade, rows in given.get("escalation", {}).items()},
            sha256=hashlib.sha256(text.encode()).hexdigest(), text=text, document=document,
        )  # fmt: skip
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise WorkflowBroken(f"{path}: {type(error).__name__}: {error}") from error


def _title(name: str, value: Mapping[str, Any]) -> dict[str, str]:
    plain = name.replace("_", " ")
    return {"zh": str(value.get("zh", plain)), "en": str(value.get("en", plain))}


def _state(name: str, value: Mapping[str, Any]) -> State:
    return State(name, _title(name, value), dict(value.get("deadline", {})))


def _transition(entry: Mapping[str, Any]) -> Move:
    return Move(
        entry["name"], _title(entry["name"], entry), tuple(entry["from"]), entry["to"], tuple(entry["by"]),
        tuple(entry.get("needs", [])), tuple(entry.get("guards", [])), tuple(entry.get("sets", [])),
        entry.get("limit"), entry.get("over_limit", ""),
    )  # fmt: skip


def _action(entry: Mapping[str, Any], still_open: tuple[str, ...]) -> Move:
    return Move(
        entry["name"], _title(entry["name"], entry),
        still_open if entry["in"] == "all_open" else tuple(entry["in"]), None, tuple(entry["by"]),
        tuple(entry.get("needs", [])), tuple(entry.get("guards", [])), tuple(entry.get("sets", [])),
        entry.get("limit"), entry.get("over_limit", ""), tuple(entry.get("approved_by", [])), str(entry.get("max", "")),
    )  # fmt: skip


def _notify(row: Mapping[str, Any]) -> Notify:
    found = re.fullmatch(r"(\d+)%(?:\s*\+\s*(\d+wd))?", str(row["at"]).strip())
    if not found:
        raise ValueError(f"{row['at']!r} is not a moment such as 80% or 100% + 1wd")
    return Notify(int(found.group(1)), found.group(2) or "", tuple(row["notify"]), row.get("mark", ""))
