"""Which body works on a matter: rules are data, the first that matches decides."""

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path
from typing import Any

from steelyard.kit import yamlfile
from steelyard.web.alerts.models import GRADES, Alert
from steelyard.web.cases.checker import Complaint
from steelyard.web.cases.releases import workflows_folder
from steelyard.web.orgs.models import Body, Post, User
from steelyard.web.orgs.words import DIGITS, Level, Line
from steelyard.web.workbench.shelf import catalogue, model_or_none

LEVELS = [str(level) for level in Level]
OWNED = ("soe", "project_owner")


@dataclass(frozen=True)
class Rule:
    """One line of the routing table."""

    id: str
    when: Mapping[str, list[str]]
    handler: tuple[Any, ...]
    reviewer: tuple[Any, ...]
    copies: tuple[Any, ...]

    def matches(self, facts: Mapping[str, str]) -> bool:
        return all(any(fnmatchcase(facts[key], wish) for wish in wishes) for key, wishes in self.when.items())


@dataclass(frozen=True)
class Routing:
    """The routing table as read."""

    rules: tuple[Rule, ...]
    roles: Mapping[str, str]
    grouping: Mapping[str, list[str]]
    document: yamlfile.Document

    def rule_for(self, facts: Mapping[str, str]) -> Rule | None:
        return next((rule for rule in self.rules if rule.matches(facts)), None)


@dataclass(frozen=True)
class Place:
    """Where a matter goes, by which rule, and whether somebody is there to act."""

    rule: str
    handler: Body | None
    reviewer: Body | None
    second: Body | None
    copies: tuple[Body, ...]
    gap: bool


@lru_cache(maxsize=8)
def load_routing(path: Path) -> Routing:
    """Read a routing file.  Raises YamlError with file and line."""
    document = yamlfile.load(path)
    given = document.data
    rules = tuple(
        Rule(row["id"], row["when"], tuple(row["handler"]), tuple(row["reviewer"]), tuple(row.get("copies", [])))
        for row in given["rules"]
    )
    return Routing(rules, given.get("roles", {}), given.get("grouping", {}), document)


def routing() -> Routing:
    return load_routing(workflows_folder() / "routing.yaml")


def check_routing(path: Path) -> list[Complaint]:
    """Totality: every combination of domain, line, grade, subject level and area type has a rule."""
    table = load_routing(path)
    domains = [*catalogue().vocabulary["domain"].terms]
    found = []
    for domain, line, grade, subject, area in itertools.product(domains, Line.values, GRADES, LEVELS, LEVELS):
        facts = {"domain": domain, "line": line, "grade": grade, "subject": subject, "area": area}
        if table.rule_for(facts) is None:
            told = ", ".join(f"{key}={value}" for key, value in facts.items())
            found.append(Complaint(str(path), table.document.line_of("rules"), "total", f"no rule for {told}"))
    return found


def place(alert: Alert, *, excluded: Iterable[int] = ()) -> Place:
    """Where an alert goes.  ``excluded``: users who may not handle it."""
    table = routing()
    facts = {
        "domain": alert.domain, "line": alert.line, "grade": alert.grade,
        "subject": _subject_level(alert), "area": _area_level(alert.area_code),
    }  # fmt: skip
    rule = table.rule_for(facts)
    if rule is None:
        return Place("", None, None, None, (), gap=True)
    away = {*alert.recused, *excluded}
    finder = _Finder(alert, facts, table)
    wanted = list(finder.bodies(rule.handler, "handler", above=None))
    handler = _first_staffed([*wanted, *_superiors(wanted)], "handler", away) or (wanted[0] if wanted else None)
    checks = [body for body in finder.bodies(rule.reviewer, "reviewer", above=handler) if body != handler]
    higher = [body for body in _superiors(checks or ([handler] if handler else [])) if body != handler]
    reviewer = _first_staffed([*checks, *higher], "reviewer", away) or next(iter([*checks, *higher]), None)
    copies = tuple(finder.bodies(rule.copies, "copy", above=handler))
    staffed = handler is not None and _has(handler, "handler", away)
    return Place(rule.id, handler, reviewer, second_body_for(reviewer), copies, gap=not staffed)


def second_body_for(reviewer: Body | None) -> Body | None:
    """The discipline body one level above the reviewer; None above a province."""
    level = _one_up(reviewer.level) if reviewer else None
    return body_at("discipline", level, reviewer.area_id) if reviewer and level else None


def body_at(kind: str, level: str, area_code: str) -> Body | None:
    """The body of a kind at a level above (or at) an area."""
    if not _reaches(area_code, level):
        return None
    prefix = area_code[: DIGITS[Level(level)]]
    return Body.objects.filter(org_type=kind, level=level, area_id=prefix.ljust(12, "0")).order_by("pk").first()


@dataclass(frozen=True)
class _Finder:
    """Turns the targets of a rule into bodies."""

    alert: Alert
    facts: Mapping[str, str]
    table: Routing

    def bodies(self, targets: Iterable[Any], part: str, *, above: Body | None) -> Iterator[Body]:
        for target in targets:
            found = self._named(target, part) if isinstance(target, str) else self._at(target, above)
            if found is not None:
                yield found

    def _named(self, target: str, part: str) -> Body | None:
        if target == "model":
            model = model_or_none(self.alert.model_id)
            said = model.disposal.get(part) if model else None
            if not isinstance(said, Mapping):
                return None
            kind = self.table.roles.get(str(said.get("role")), str(said.get("role")))
            return self.owned() if kind in OWNED else body_at(kind, str(said.get("level")), self.alert.area_code)
        return self.owned() if target == "owned" else _regulator(self.owned())

    def _at(self, target: Mapping[str, str], above: Body | None) -> Body | None:
        level: str | None = target["level"]
        if level == "area":
            level = self.facts["area"]
        elif level == "above_subject":
            level = _one_up(self.facts["subject"]) or LEVELS[0]
            level = min(level, self.facts["area"], key=LEVELS.index)
        elif level == "above_handler":
            level = (_one_up(above.level) or LEVELS[0]) if above else LEVELS[0]
        return body_at(target["type"], str(level), self.alert.area_code)

    def owned(self) -> Body | None:
        """The enterprise or owner that the alert's row names."""
        values = {str(value) for value in (*self.alert.payload.values(), *self.alert.subjects.values()) if value}
        rows = Body.objects.filter(subject_key__in=values - {""}, org_type__in=OWNED)
        return rows.order_by("pk").first()


def _regulator(enterprise: Body | None) -> Body | None:
    """Up the ownership tree to the state-assets commission; its own level's where the tree does not say."""
    body = enterprise
    for _step in range(8):
        if body is None:
            break
        if body.org_type == "state_assets":
            return body
        body = body.parent
    return body_at("state_assets", enterprise.level, enterprise.area_id) if enterprise else None


def _superiors(bodies: list[Body]) -> Iterator[Body]:
    """Going up: the same kind at each higher level, then the discipline body there."""
    if not bodies:
        return
    start = bodies[0]
    for level in reversed(LEVELS[: LEVELS.index(start.level)]):
        for kind in (start.org_type, "discipline"):
            found = body_at(kind, level, start.area_id)
            if found is not None:
                yield found


def _first_staffed(bodies: Iterable[Body], role: str, away: set[int]) -> Body | None:
    return next((body for body in bodies if _has(body, role, away)), None)


def _has(body: Body, role: str, away: set[int]) -> bool:
    return staff(body, role).exclude(pk__in=away).exists()


def staff(body: Body, role: str) -> Any:
    """Accounts of a body that hold a role today."""
    posts = Post.objects.in_force().filter(role=role)
    return User.objects.filter(body=body, is_active=True, posts__in=posts).distinct()


def _one_up(level: str) -> str | None:
    at = LEVELS.index(level)
    return LEVELS[at - 1] if at else None


def _reaches(code: str, level: str) -> bool:
    """Whether an area code names an area of this level or one inside such an area."""
    higher = _one_up(level)
    return bool(code[DIGITS[Level(higher)] if higher else 0 : DIGITS[Level(level)]].strip("0"))


def _area_level(code: str) -> str:
    return next((level for level in reversed(LEVELS) if _reaches(code, level)), LEVELS[0])


def _subject_level(alert: Alert) -> str:
    """The highest level at which somebody the alert names holds a post; else the area's own."""
    rows = User.objects.filter(subject_key__in=alert.subject_keys).exclude(subject_key="").select_related("body")
    levels = [user.body.level for user in rows if user.body]
    return min([*levels, _area_level(alert.area_code)], key=LEVELS.index)
