"""Rules on model.yaml: files, vocabulary, text, and what people will read."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from steelyard.catalogue.complaint import Complaint
from steelyard.catalogue.model import Catalogue, SupervisionModel
from steelyard.contracts import Words

ID = re.compile(r"^[a-z0-9-]+/[a-z0-9-]+$")
VERSION = re.compile(r"^\d+\.\d+\.\d+$")
VOCABULARIES = {
    "status": "model_status",
    "domain": "domain",
    "line": "line",
    "stage": "stage",
    "pattern": "pattern",
    "zone": "zone",
    "clock": "clock",
}


def complaints(model: SupervisionModel, catalogue: Catalogue) -> Iterator[Complaint]:
    """All complaints on the text of one model."""
    for rule in (_identity, _vocabulary, _grades, _parameters, _legal, _disposal, _innocent, _snooze, _withdrawn):
        for at, name, message in rule(model, catalogue):
            yield Complaint.at(model.document.path, model.document.line_of(*at), name, message)
    yield from keys_and_codes(model.document.path, model.document.data, model.document.line_of)


Place = tuple[str | int, ...]
Found = Iterator[tuple[Place, str, str]]


def _identity(model: SupervisionModel, catalogue: Catalogue) -> Found:
    folder = f"{model.path.parent.name}/{model.path.name}"
    if model.id != folder:
        yield ("id",), "file-id", f"the id must equal the folder {folder}"
    if not ID.match(model.id):
        yield ("id",), "file-id", "an id has lower-case letters, digits and -"
    if not VERSION.match(model.version):
        yield ("version",), "file-version", "a version is like 1.0.0"


def _vocabulary(model: SupervisionModel, catalogue: Catalogue) -> Found:
    for name, vocabulary in VOCABULARIES.items():
        if getattr(model, name) not in catalogue.vocabulary[vocabulary]:
            yield (name,), "vocabulary", f"{getattr(model, name)} is not a {vocabulary}"


def _grades(model: SupervisionModel, catalogue: Catalogue) -> Found:
    known = list(catalogue.vocabulary["grade"].terms)
    if not model.grades or not set(model.grades) <= set(known):
        yield ("grade",), "grade", f"values must be some of {', '.join(known)}"
    elif [grade for grade in known if grade in model.grades] != list(model.grades):
        yield ("grade",), "grade", "values stand from the gravest to the lightest"


def _parameters(model: SupervisionModel, catalogue: Catalogue) -> Found:
    kinds: Mapping[str, tuple[type, ...]] = {
        "integer": (int,),
        "decimal": (int, float),
        "boolean": (bool,),
        "text": (str,),
    }
    levels = catalogue.vocabulary["level"]
    for name, parameter in model.parameters.items():
        at = ("parameters", name)
        if not isinstance(parameter.default, kinds.get(parameter.type, (object,))):
            yield at, "parameter", f"the default of {name} is no {parameter.type}"
            continue
        if parameter.least is not None and parameter.default < parameter.least:
            yield at, "parameter", f"the default of {name} lies below min"
        if parameter.most is not None and parameter.default > parameter.most:
            yield at, "parameter", f"the default of {name} lies above max"
        if parameter.change_by not in levels:
            yield at, "parameter", f"change_by of {name} must be a level"


def _legal(model: SupervisionModel, catalogue: Catalogue) -> Found:
    if not model.legal_basis:
        yield ("legal_basis",), "legal-basis", "a model needs a legal basis"
    for number, basis in enumerate(model.legal_basis):
        if not basis.ref or basis.status not in catalogue.vocabulary["legal_status"]:
            yield ("legal_basis", number), "legal-basis", f"{basis.ref or 'no ref'}: unknown status {basis.status}"


def _disposal(model: SupervisionModel, catalogue: Catalogue) -> Found:
    levels = catalogue.vocabulary["level"]
    for actor in ("handler", "reviewer"):
        body = model.disposal.get(actor)
        if not isinstance(body, dict) or body.get("level") not in levels or not body.get("role"):
            yield ("disposal", actor), "disposal", f"{actor} needs a level and a role"
    for number, item in enumerate(model.disposal.get("checklist") or ()):
        if Words.read(item) is None:
            yield ("disposal", "checklist", number), "disposal", "a check needs zh and en"


def _innocent(model: SupervisionModel, catalogue: Catalogue) -> Found:
    if not model.false_positives:
        yield ("false_positives",), "false-positives", "a model without an innocent explanation is not thought through"
    for number, one in enumerate(model.false_positives):
        if Words.read(one) is None or one.get("verdict") not in catalogue.vocabulary["verdict"]:
            yield ("false_positives", number), "false-positives", "needs zh, en and a verdict"


def _snooze(model: SupervisionModel, catalogue: Catalogue) -> Found:
    if not set(model.snooze.get("by") or ()) <= set(model.key):
        yield ("snooze", "by"), "snooze", "by must be part of the key"


def _withdrawn(model: SupervisionModel, catalogue: Catalogue) -> Found:
    if model.status == "withdrawn":
        facts = model.withdrawn or {}
        if not facts.get("reason") or "successor" not in facts or not facts.get("date"):
            yield ("withdrawn",), "withdrawn", "needs reason, successor (or null) and date"


def keys_and_codes(path: Any, data: Any, line_of: Any, at: Place = ()) -> Iterator[Complaint]:
    """Keys that YAML did not read as text, and area codes that were not quoted."""
    if isinstance(data, dict):
        for key, value in data.items():
            if not isinstance(key, str):
                yield Complaint.at(path, line_of(*at), "yaml-key", f"the key {key!r} must be quoted")
                continue
            code = key in ("area", "area_code") or key.endswith(("village_code", "parent_code"))
            if code and isinstance(value, int | float):
                yield Complaint.at(path, line_of(*at, key), "yaml-code", f"the area code {value} must be quoted")
            yield from keys_and_codes(path, value, line_of, (*at, key))
    elif isinstance(data, list):
        for number, value in enumerate(data):
            yield from keys_and_codes(path, value, line_of, (*at, number))
