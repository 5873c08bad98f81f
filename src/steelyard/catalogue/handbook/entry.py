"""What the book says of one model, as plain sentences."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from steelyard.catalogue.handbook.words import SHAPES, Speech
from steelyard.catalogue.model import Needs, Parameter, SupervisionModel
from steelyard.kit import durations


@dataclass(frozen=True)
class Here:
    """What one site knows of a model, said in the book's language by whoever counted it."""

    readiness: str
    precision: str


@dataclass(frozen=True)
class Section:
    """A heading with its lines."""

    title: str
    lines: tuple[str, ...]
    listed: bool = False
    """Each line is a point of its own."""
    numbered: bool = False


@dataclass(frozen=True)
class Entry:
    """One model of the book."""

    id: str
    title: str
    head: str
    sections: tuple[Section, ...]


def entry(model: SupervisionModel, speech: Speech, here: Here | None = None) -> Entry:
    """Everything a handler needs of a model; the query is not in it, for those who are supervised read books too."""
    head = speech.label(
        "head", id=model.id, version=model.version, line=speech.term("line", model.line),
        stage=speech.term("stage", model.stage),
    )  # fmt: skip
    return Entry(model.id, speech.say(model.title), head, tuple(_sections(model, speech, here)))


def _sections(model: SupervisionModel, speech: Speech, here: Here | None) -> Iterator[Section]:
    yield Section(speech.label("purpose"), (speech.say(model.purpose),))
    logic = speech.say(model.document.data.get("logic"))
    if logic:
        yield Section(speech.label("logic"), (logic,))
    grades = (f"{SHAPES.get(one, '')} {speech.term('grade', one)}".strip() for one in model.grades)
    yield Section(speech.label("grades"), ("　".join(grades),))
    yield Section(speech.label("data"), tuple(_needs(needs, speech) for needs in model.data.values()), listed=True)
    limits = tuple(_limit(one, speech) for one in model.parameters.values())
    if limits:
        yield Section(speech.label("limits"), limits, listed=True)
    checklist = tuple(speech.say(one) for one in model.disposal.get("checklist") or [])
    if checklist:
        yield Section(speech.label("checklist"), checklist, listed=True, numbered=True)
    who = tuple(_who(part, model.disposal.get(part), speech) for part in ("handler", "reviewer"))
    if any(who):
        yield Section(speech.label("who"), tuple(one for one in who if one))
    innocent = tuple(
        speech.label("verdict", text=speech.say(one), verdict=speech.term("verdict", str(one.get("verdict", ""))))
        for one in model.false_positives
    )
    if innocent:
        yield Section(speech.label("innocent"), innocent, listed=True)
    # A reference nobody has checked is not printed: people would act on it.
    law = tuple(
        f"{one.ref} ({speech.term('legal_status', one.status)})"
        for one in model.legal_basis
        if one.status != "unverified"
    )
    yield Section(speech.label("law"), law or (speech.label("no_law"),), listed=bool(law))
    if model.evidence:
        joined = "；" if speech.language == "zh" else "; "
        yield Section(speech.label("evidence"), (joined.join(speech.say(one.title) for one in model.evidence),))
    if here:
        yield Section(speech.label("here"), (here.readiness, here.precision))


def _needs(needs: Needs, speech: Speech) -> str:
    columns = ("、" if speech.language == "zh" else ", ").join(speech.column(needs.dataset, one) for one in needs.needs)
    age = durations.read(needs.freshness)
    fresh = speech.label("fresh", days=age.about_days) if age else ""
    optional = speech.label("optional") if needs.optional else ""
    colon = "：" if speech.language == "zh" else ": "
    return f"{speech.dataset(needs.dataset)} ({needs.dataset}){optional}{colon}{columns}{fresh}"


def _limit(one: Parameter, speech: Speech) -> str:
    least, most = one.least is not None, one.most is not None
    bounds = "between" if least and most else "least" if least else "most" if most else "any"
    return speech.label(
        "limit", title=speech.say(one.title), default=one.default, level=speech.term("level", one.change_by),
        allowed=speech.label(bounds, least=one.least, most=one.most),
    )  # fmt: skip


def _who(part: str, said: Any, speech: Speech) -> str:
    if not isinstance(said, Mapping):
        return ""
    level, role = str(said.get("level", "")), str(said.get("role", ""))
    return speech.label(part, level=speech.term("level", level), body=speech.body(role))
