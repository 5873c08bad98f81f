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
    title: Mapping[str, str]

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
        Rule(
            row["id"], row["when"], tuple(row["handler"]), tuple(row["reviewer"]), tuple(row.get("copies", [])),
            {"zh": str(row.get("zh", row["id"])), "en": str(row.get("en", row["id"]))},
        )
        for row in given["rules"]
    )  # fmt: skip
    return Routing(rules, given.get("roles", {}), given.get("grouping", {}), document)


def routing() -> Routing:
    return load_routing(workflows_folder() / "routing.yaml")


def rule_title(name: str) -> Mapping[str, str]:
    """The words of a rule; a rule that the table no longer has stays its name."""
    found = next((rule.title for rule in routing().rules if rule.id == name), None)
    return found or {"zh": name, "en": name}


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


class Directory:
    """All bodies and who is on duty in them, read once: a sweep places thousands of alerts."""

    def __init__(self) -> None:
        self.bodies = {body.pk: body for body in Body.objects.order_by("-pk")}
        self.at = {(body.org_type, body.level, body.area_id): body for body in self.bodies.values()}
        self.by_key = {body.subject_key: body for body in self.bodies.values() if body.subject_key}
        self.on_duty: dict[tuple[int, str], set[int]] = {}
        posts = Post.objects.in_force().filter(user__is_active=True, user__body__isnull=False)
        for user, body, role in posts.values_list("user_id", "user__body_id", "role"):
            self.on_duty.setdefault((body, role), set()).add(user)
        known = User.objects.exclude(subject_key="").filter(body__isnull=False)
        self.levels = dict(known.values_list("subject_key", "body__level"))

    def body_at(self, kind: str, level: str, area_code: str) -> Body | None:
        """The body of a kind at a level above (or at) an area."""
        if not _reaches(area_code, level):
            return None
        return self.at.get((kind, level, area_code[: DIGITS[Level(level)]].ljust(12, "0")))

    def has(self, body: Body, role: str, away: set[int]) -> bool:
        """Whether somebody in the body can act in the role."""
        return bool(self.on_duty.get((body.pk, role), set()) - away)

    def second_body_for(self, reviewer: Body | None) -> Body | None:
        """The discipline body one level above the reviewer; None above a province."""
        level = _one_up(reviewer.level) if reviewer else None
        return self.body_at("discipline", level, reviewer.area_id) if reviewer and level else None

    def regulator(self, enterprise: Body | None) -> Body | None:
        """Up the ownership tree to the state-assets commission; its own level's where the tree does not say."""
        body = enterprise
        for _step in range(8):
            if body is None or body.org_type == "state_assets":
                break
            body = self.bodies.get(body.parent_id or 0)
        if body is not None and body.org_type == "state_assets":
            return body
        return self.body_at("state_assets", enterprise.level, enterprise.area_id) if enterprise else None

    def superiors(self, bodies: list[Body]) -> Iterator[Body]:
        """Going up: the same kind at each higher level, then the discipline body there."""
        if not bodies:
            return
        start = bodies[0]
        for level in reversed(LEVELS[: LEVELS.index(start.level)]):
            for kind in (start.org_type, "discipline"):
                found = self.body_at(kind, level, start.area_id)
                if found is not None:
                    yield found

    def first_staffed(self, bodies: Iterable[Body], role: str, away: set[int]) -> Body | None:
        return next((body for body in bodies if self.has(body, role, away)), None)

    def subject_level(self, alert: Alert) -> str:
        """The highest level at which somebody the alert names holds a post; else the area's own."""
        levels = [self.levels[key] for key in alert.subject_keys if key in self.levels]
        return min([*levels, _area_level(alert.area_code)], key=LEVELS.index)


def place(alert: Alert, *, excluded: Iterable[int] = (), directory: Directory | None = None) -> Place:
    """Where an alert goes.  ``excluded``: users who may not handle it."""
    table, known = routing(), directory or Directory()
    facts = {
        "domain": alert.domain, "line": alert.line, "grade": alert.grade,
        "subject": known.subject_level(alert), "area": _area_level(alert.area_code),
    }  # fmt: skip
    rule = table.rule_for(facts)
    if rule is None:
        return Place("", None, None, None, (), gap=True)
    away = {*alert.recused, *excluded}
    finder = _Finder(alert, facts, table, known)
    wanted = list(finder.bodies(rule.handler, "handler", above=None))
    handler = known.first_staffed([*wanted, *known.superiors(wanted)], "handler", away) or next(iter(wanted), None)
    checks = [body for body in finder.bodies(rule.reviewer, "reviewer", above=handler) if body != handler]
    higher = [body for body in known.superiors(checks or ([handler] if handler else [])) if body != handler]
    reviewer = known.first_staffed([*checks, *higher], "reviewer", away) or next(iter([*checks, *higher]), None)
    copies = tuple(finder.bodies(rule.copies, "copy", above=handler))
    staffed = handler is not None and known.has(handler, "handler", away)
    return Place(rule.id, handler, reviewer, known.second_body_for(reviewer), copies, gap=not staffed)


def second_body_for(reviewer: Body | None) -> Body | None:
    """The discipline body one level above the reviewer; None above a province."""
    return Directory().second_body_for(reviewer)


@dataclass(frozen=True)
class _Finder:
    """Turns the targets of a rule into bodies."""

    alert: Alert
    facts: Mapping[str, str]
    table: Routing
    known: Directory

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
            return (
                self.owned()
                if kind in OWNED
                else self.known.body_at(kind, str(said.get("level")), self.alert.area_code)
            )
        return self.owned() if target == "owned" else self.known.regulator(self.owned())

    def _at(self, target: Mapping[str, str], above: Body | None) -> Body | None:
        level: str | None = target["level"]
        if level == "area":
            level = self.facts["area"]
        elif level == "above_subject":
            level = _one_up(self.facts["subject"]) or LEVELS[0]
            level = min(level, self.facts["area"], key=LEVELS.index)
        elif level == "above_handler":
            level = (_one_up(above.level) or LEVELS[0]) if above else LEVELS[0]
        return self.known.body_at(target["type"], str(level), self.alert.area_code)

    def owned(self) -> Body | None:
        """The enterprise or owner that the alert's row names."""
        values = {str(value) for value in (*self.alert.payload.values(), *self.alert.subjects.values()) if value}
        named = [self.known.by_key[value] for value in sorted(values) if value in self.known.by_key]
        return next((body for body in named if body.org_type in OWNED), None)


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
