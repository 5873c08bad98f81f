"""The catalogue as a list: what was asked for stands in the address, models come by matter."""

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from steelyard.catalogue import SupervisionModel
from steelyard.pool import prefix
from steelyard.web.orgs.models import User, in_language
from steelyard.web.orgs.words import Line
from steelyard.web.workbench import figures, life, queries, shelf
from steelyard.web.workbench.figures import Standing
from steelyard.web.workbench.finding import datasets_of
from steelyard.web.workbench.queries import Readiness

GRADES = (("red", gettext_lazy("Red")), ("yellow", gettext_lazy("Yellow")), ("blue", gettext_lazy("Blue")))
STATES = (
    ("can", gettext_lazy("evaluable here")), ("cannot", gettext_lazy("not evaluable here")),
    ("partly", gettext_lazy("evaluated in part")), ("never", gettext_lazy("not run yet")),
)  # fmt: skip
PHASES = (
    ("draft", pgettext_lazy("phase", "draft")), ("shadow", pgettext_lazy("phase", "shadow")),
    ("live-pilot", pgettext_lazy("phase", "live pilot")), ("promoted", pgettext_lazy("phase", "promoted")),
    ("probation", pgettext_lazy("phase", "on probation")), ("retired", pgettext_lazy("phase", "retired")),
)  # fmt: skip
VERDICTS = (
    ("none", gettext_lazy("no verdict yet")), ("some", gettext_lazy("with verdicts")),
    ("low", gettext_lazy("found true in less than 80 %")),
)  # fmt: skip
LOW = 0.8
"""What yellow alerts must reach."""
FEW = 40
"""As many models are shown at once; of more, the matters come first and each is opened by itself."""


@dataclass(frozen=True)
class Filters:
    """What the catalogue was asked for."""

    q: str = ""
    matter: str = ""
    line: str = ""
    grade: str = ""
    data: str = ""
    state: str = ""
    phase: str = ""
    verdicts: str = ""

    @classmethod
    def read(cls, given: QueryDict, viewer: User) -> "Filters":
        """Known words only; anything else is ignored, as is the phase where the viewer may not know it."""
        asked = {name: given.get(name, "").strip()[:120] for name in cls.__dataclass_fields__}
        offered = {name: {code for code, _label in listed} for name, listed in choices(viewer).items()}
        return cls(**{name: said for name, said in asked.items() if name == "q" or said in offered.get(name, ())})

    @property
    def any(self) -> bool:
        return any(asdict(self).values())

    @property
    def beyond_words(self) -> bool:
        return any(said for name, said in asdict(self).items() if name != "q")

    def in_words(self, viewer: User) -> str:
        """The filter as the handbook prints it."""
        offered = {name: dict(listed) for name, listed in choices(viewer).items()}
        labels = {
            "q": _("Search"), "matter": _("Matter"), "line": _("Line"), "grade": _("Grade"), "data": _("Data needed"),
            "state": _("Readiness here"), "phase": _("Phase"), "verdicts": _("Found true"),
        }  # fmt: skip
        chosen = [(name, said) for name, said in asdict(self).items() if said]
        return "; ".join(f"{labels[name]}: {offered.get(name, {}).get(said, said)}" for name, said in chosen)


def choices(viewer: User) -> dict[str, list[tuple[str, str]]]:
    """What each filter offers, as (code, label) in the reader's language."""
    known = shelf.catalogue()
    matters = {model.domain for model in known.models.values()}
    listed = known.vocabulary["domain"].terms if "domain" in known.vocabulary else {}
    order = [*(code for code in listed if code in matters), *sorted(matters - set(listed))]
    read = set().union(*(datasets_of(model) for model in known.models.values()))
    found: dict[str, list[tuple[str, str]]] = {
        "matter": [(code, shelf.term("domain", code)) for code in order],
        "line": [(str(code), str(label)) for code, label in Line.choices],
        "grade": [(code, str(label)) for code, label in GRADES],
        "data": sorted(((name, shelf.dataset_title(name)) for name in read), key=lambda one: one[1]),
        "state": [(code, str(label)) for code, label in STATES],
        "verdicts": [(code, str(label)) for code, label in VERDICTS],
    }
    if life.may_read(viewer):
        found["phase"] = [(code, str(label)) for code, label in PHASES]
    return found


@dataclass(frozen=True)
class Row:
    """One model as a viewer sees it."""

    model: SupervisionModel
    readiness: Readiness
    standing: Standing
    phase: str

    @property
    def data(self) -> list[tuple[str, str]]:
        return [(name, shelf.dataset_title(name)) for name in self.model.data]


@dataclass(frozen=True)
class Group:
    """The models of one matter."""

    code: str
    rows: tuple[Row, ...]

    @property
    def title(self) -> str:
        words = shelf.term("domain", self.code)
        return words[:1].upper() + words[1:]

    @property
    def evaluable(self) -> int:
        return sum(bool(row.readiness.ready) for row in self.rows)

    @property
    def never_run(self) -> bool:
        return all(row.readiness.state == "never" for row in self.rows)

    @property
    def standing(self) -> Standing:
        """Of all its models together."""
        parts = [row.standing for row in self.rows]
        return Standing(
            sum(one.open for one in parts), sum(one.raised for one in parts),
            sum(one.true for one in parts), sum(one.decided for one in parts),
        )  # fmt: skip


def rows(viewer: User, filters: Filters) -> list[Row]:
    """Models that fit, by matter and id, with the figures of the viewer's own area."""
    found = [model for model in queries.models(words=filters.q) if _fits(model, filters)]
    names = [model.id for model in found]
    ready, standings = queries.readiness(names), figures.standings(viewer)
    phases: Mapping[str, str] = life.phases(names, viewer.scope.area) if life.may_read(viewer) else {}
    listed = [
        Row(one, here(ready[one.id], viewer), standings.get(one.id, Standing()), phases.get(one.id, ""))
        for one in found
    ]
    order = {code: place for place, (code, _label) in enumerate(choices(viewer)["matter"])}
    kept = [row for row in listed if _stands(row, filters)]
    return sorted(kept, key=lambda row: (order[row.model.domain], row.model.id))


def groups(listed: Iterable[Row]) -> list[Group]:
    by_matter = itertools.groupby(listed, key=lambda row: row.model.domain)
    return [Group(code, tuple(mine)) for code, mine in by_matter]


def here(readiness: Readiness, viewer: User) -> Readiness:
    """Of the places judged those in a viewer's area, or around it; all of them for one without an area."""
    own = prefix(viewer.scope.area)
    if not own:
        return readiness
    around = [
        place
        for place in readiness.places
        if own.startswith(prefix(place.area_code)) or prefix(place.area_code).startswith(own)
    ]
    return Readiness(around)


def _fits(model: SupervisionModel, filters: Filters) -> bool:
    return (
        filters.matter in ("", model.domain)
        and filters.line in ("", model.line)
        and (not filters.grade or filters.grade in model.grades)
        and (not filters.data or filters.data in datasets_of(model))
    )


def _stands(row: Row, filters: Filters) -> bool:
    state, standing = row.readiness.state, row.standing
    share = standing.true / standing.decided if standing.decided else None
    readiness = {
        "can": state in ("ready", "partly"), "cannot": state == "not", "partly": state == "partly",
        "never": state == "never",
    }  # fmt: skip
    verdicts = {"none": share is None, "some": share is not None, "low": share is not None and share < LOW}
    return (
        readiness.get(filters.state, True) and verdicts.get(filters.verdicts, True) and filters.phase in ("", row.phase)
    )


def readiness_in_words(readiness: Readiness) -> str:
    """As one line of the handbook."""
    state = readiness.state
    if state == "never":
        return _("No run has looked at this model here yet.")
    n, of = readiness.ready, len(readiness.places)
    said = _("Evaluable in %(n)s of %(of)s areas.") % {"n": n, "of": of} if n else _("Not evaluable.")
    reason = readiness.reason
    return f"{said} {in_language(str(reason.get('zh', '')), str(reason.get('en', '')))}" if reason else said


def precision_in_words(standing: Standing) -> str:
    """Never a share without its n and interval, never a share of nothing."""
    if standing.interval is None:
        return _("Found true: no verdict yet.")
    low, high = standing.interval
    return _("Found true: %(share).0f %% (%(true)s/%(n)s, interval at 95 per cent %(low).0f–%(high).0f %%).") % {
        "share": 100 * standing.true / standing.decided, "true": standing.true, "n": standing.decided,
        "low": low, "high": high,
    }  # fmt: skip
