"""Proves on the graph of a workflow what no deployment may give up."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from steelyard.kit.errors import SteelyardError
from steelyard.kit.workdays import BadLimit, read_limit
from steelyard.web.cases import flow
from steelyard.web.cases import words as vocabulary

NEVER_CLOSES = ("handler", flow.EXPLAINER, flow.SYSTEM)
BELOW_THE_SECOND = ("second_reviewer", "clue_office")


@dataclass(frozen=True)
class Complaint:
    """What is wrong in a workflow file, and where."""

    file: str
    line: int
    rule: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.rule}: {self.message}"


def check_workflow(path: Path) -> list[Complaint]:
    """All complaints about one workflow file; an empty list means it may be released."""
    try:
        workflow = flow.load(path)
    except SteelyardError as error:
        return [Complaint(str(path), 1, "readable", str(error))]
    return check(workflow)


def check(workflow: flow.Workflow) -> list[Complaint]:
    """As ``check_workflow``, for a workflow already read."""
    rules = (_names, _reachable, _way_out, _deadlines, _closers, _second_review, _separation, _order_of_limits)
    return [complaint for rule in rules for complaint in rule(workflow)]


def _say(workflow: flow.Workflow, rule: str, message: str, *at: str | int) -> Complaint:
    return Complaint(str(workflow.document.path), workflow.document.line_of(*at), rule, message)


def _at(workflow: flow.Workflow, name: str) -> tuple[str | int, ...]:
    for part in ("transitions", "actions"):
        for number, entry in enumerate(workflow.document.data.get(part, [])):
            if entry["name"] == name:
                return (part, number)
    return ()


def _names(workflow: flow.Workflow) -> Iterable[Complaint]:
    places = [workflow.initial, *workflow.final, *workflow.clock_stops_in]
    for name in places:
        if name not in workflow.states:
            yield _say(workflow, "names", f"the state {name} is not defined", "states")
    for move in workflow.moves.values():
        at = _at(workflow, move.name)
        for state in (*move.sources, *([move.target] if move.target else [])):
            if state not in workflow.states:
                yield _say(workflow, "names", f"{move.name}: the state {state} is not defined", *at)
        for actor in (*move.by, *move.approved_by):
            if actor not in workflow.actors:
                yield _say(workflow, "names", f"{move.name}: the actor {actor} is not defined", *at)
        for kind, used, known in (
            ("need", move.needs, vocabulary.NEEDS), ("guard", move.guards, vocabulary.GUARDS),
            ("mark", move.sets, vocabulary.SETS),
        ):  # fmt: skip
            for word in used:
                if word not in known:
                    yield _say(workflow, "names", f"{move.name}: there is no {kind} {word}", *at)


def _closure(workflow: flow.Workflow, start: str, allowed: Callable[[flow.Move], bool]) -> set[str]:
    found, waiting = {start}, [start]
    while waiting:
        state = waiting.pop()
        for move in workflow.moves_from(state):
            if move.target and move.target not in found and allowed(move):
                found.add(move.target)
                waiting.append(move.target)
    return found


def _reachable(workflow: flow.Workflow) -> Iterable[Complaint]:
    for name in sorted(set(workflow.states) - _closure(workflow, workflow.initial, lambda move: True)):
        yield _say(workflow, "reachable", f"no move leads to {name}", "states", name)


def _way_out(workflow: flow.Workflow) -> Iterable[Complaint]:
    for name in workflow.states:
        if name not in workflow.final and not _closure(workflow, name, lambda move: True) & set(workflow.final):
            yield _say(workflow, "way-out", f"no way leads from {name} to a final state", "states", name)


def _deadlines(workflow: flow.Workflow) -> Iterable[Complaint]:
    for name, state in workflow.states.items():
        for grade in () if name in workflow.final else workflow.grades:
            limit = state.deadline.get(grade)
            try:
                read_limit(limit or "")
            except BadLimit:
                yield _say(workflow, "deadline", f"{name} has no limit for {grade}", "states", name)


def _closers(workflow: flow.Workflow) -> Iterable[Complaint]:
    for move in workflow.transitions():
        wrong = [actor for actor in move.by if actor in NEVER_CLOSES]
        if move.target in workflow.final and wrong:
            yield _say(workflow, "closing", f"{move.name} lets {', '.join(wrong)} close", *_at(workflow, move.name))


def _second_review(workflow: flow.Workflow) -> Iterable[Complaint]:
    """A red case reaches no final state without the second reviewer or the clue office, except by merging."""

    def red_without(move: flow.Move) -> bool:
        left = [actor for actor in move.by if actor not in BELOW_THE_SECOND]
        return bool(left) and "grade_not_red" not in move.guards and "outcome_merged" not in move.sets

    reached = _closure(workflow, workflow.initial, red_without) & set(workflow.final)
    if reached:
        yield _say(
            workflow, "second-review", f"a red case can reach {', '.join(sorted(reached))} without a second reviewer",
            "transitions",
        )  # fmt: skip


def _separation(workflow: flow.Workflow) -> Iterable[Complaint]:
    rules = {str(rule.get("rule")): rule for rule in workflow.separation}
    for wanted in ("different_person", "different_org", "one_level_up", "not_subject", "not_relative_of_subject"):
        if wanted not in rules:
            yield _say(workflow, "separation", f"the rule {wanted} may not be removed", "separation")
    persons = set(rules.get("different_person", {}).get("actors", []))
    if persons and not set(flow.APART) <= persons:
        yield _say(workflow, "separation", "handler and the three who check are four persons", "separation")


def _order_of_limits(workflow: flow.Workflow) -> Iterable[Complaint]:
    """A graver matter is signed for no later than a lighter one."""
    for name, state in workflow.states.items():
        if not any("assignee_person" in move.sets for move in workflow.moves_from(name)):
            continue
        days = [read_limit(state.deadline[grade])[0] for grade in workflow.grades if grade in state.deadline]
        if days != sorted(days):
            yield _say(
                workflow, "order", f"{name}: red must not have longer than yellow, nor yellow than blue", "states", name
            )
