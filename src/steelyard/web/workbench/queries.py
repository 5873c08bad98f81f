"""Reads about models: the catalogue's files, and where the last run could evaluate them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from steelyard.catalogue import SupervisionModel
from steelyard.kit import yamlfile
from steelyard.web.orgs.engine_link import reader
from steelyard.web.orgs.models import Area, User
from steelyard.web.orgs.words import CASE_ROLES, End, Role
from steelyard.web.workbench import finding, shelf

READERS = frozenset(CASE_ROLES | {Role.STEWARD})


@dataclass(frozen=True)
class Place:
    """One area in which a model was or was not evaluated in the last run."""

    area_code: str
    area: str
    state: str
    """ready, partly (an optional dataset is missing), not_evaluable or failed."""
    reason: Any
    """``{zh, en}`` where it was not: what is missing from whom."""

    @property
    def ready(self) -> bool:
        return self.state in {"ready", "partly"}


@dataclass
class Readiness:
    """Where the last run could evaluate a model."""

    places: list[Place] = field(default_factory=list)

    @property
    def ready(self) -> int:
        return sum(place.ready for place in self.places)

    @property
    def state(self) -> str:
        """``ready``, ``partly``, ``not`` or ``never`` (no run has looked yet)."""
        if not self.places:
            return "never"
        if self.ready == len(self.places):
            return "ready"
        return "partly" if self.ready else "not"

    @property
    def reason(self) -> Any:
        """Why it could not be evaluated in the first place where it was not, ``{zh, en}``; None where there is none."""
        return next((place.reason for place in self.places if place.reason and not place.ready), None)

    @property
    def further(self) -> int:
        """Places beyond the first where it was not evaluated."""
        return max(0, len(self.places) - self.ready - 1)


def models(*, words: str = "") -> list[SupervisionModel]:
    """Models of the catalogue that fit, by id: every word stands in their title, purpose, matter, key or data."""
    wanted = finding.plain(words).split()
    return [
        model
        for _id, model in sorted(shelf.catalogue().models.items())
        if all(word in finding.text_of(model) for word in wanted)
    ]


def readiness(model_ids: Iterable[str]) -> dict[str, Readiness]:
    """By model, from the newest evaluation of each model and area.

    A province that could not be evaluated is listed with its reason; it is never counted as clean.
    """
    wanted = sorted(model_ids)
    with reader() as connection:
        rows = connection.execute(READINESS, [wanted, wanted]).fetchall()
    found = {model_id: Readiness() for model_id in wanted}
    names = _area_names(row[1] for row in rows)
    for model_id, area_code, state, reason in rows:
        found[model_id].places.append(Place(area_code, names.get(area_code, area_code), state, reason))
    return found


READINESS = """
SELECT model, area_code, state, reason FROM engine.readiness
WHERE model = ANY (%s)
    AND (model, run) IN (SELECT model, max(run) FROM engine.readiness WHERE model = ANY (%s) GROUP BY model)
ORDER BY model, area_code
"""


def _area_names(codes: Iterable[str]) -> Mapping[str, str]:
    """Names by code; a province may be written with its two digits alone."""
    full = {code.ljust(12, "0"): code for code in codes}
    return {full[area.code]: str(area) for area in Area.objects.filter(code__in=full)}


ROWS = """
SELECT dataset, sum(rows) FROM engine.dataset_level
WHERE starts_with(area_code, %(own)s) OR starts_with(%(own)s, regexp_replace(area_code, '(00)+$', ''))
GROUP BY 1
"""


def delivered(area: str) -> dict[str, int] | None:
    """Rows by dataset in an area and around it, as they were last counted; None where nothing was counted yet."""
    with reader() as connection:
        found = connection.execute(ROWS, {"own": area}).fetchall()
    return {str(name): int(rows) for name, rows in found} or None


def may_see_sql(viewer: User) -> bool:
    """Whoever is supervised should not learn from the query how to stay beneath it."""
    return bool(
        viewer.body
        and viewer.body.end in {End.SUPERVISION, End.DISCIPLINE}
        and viewer.roles & (CASE_ROLES | {Role.STEWARD})
    )


@dataclass(frozen=True)
class WorkedExample:
    """One model case: given rows and what the model must say."""

    name: str
    fires: bool
    why: str


def worked_examples(model: SupervisionModel) -> list[WorkedExample]:
    """The cases.yaml of a model as sentences; a name is written with hyphens there."""
    listed = yamlfile.load(model.path / "cases.yaml").data.get("cases") or []
    return [
        WorkedExample(
            str(case.get("name", "")).replace("-", " "),
            case.get("kind") == "positive",
            str(case.get("why") or ""),
        )
        for case in listed
        if isinstance(case, dict)
    ]


def logic_of(model: SupervisionModel) -> Any:
    """The rule in words where the model's file gives it; else its purpose says what is compared."""
    said = model.document.data.get("logic")
    return said if isinstance(said, dict) else model.purpose
