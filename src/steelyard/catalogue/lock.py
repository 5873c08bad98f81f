"""``catalogue/models.lock.json``: what was published under which version."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from steelyard.catalogue.complaint import Complaint
from steelyard.catalogue.model import Catalogue, SupervisionModel
from steelyard.catalogue.reach import reach_of, summary
from steelyard.catalogue.reader import load_catalogue
from steelyard.catalogue.tree import SqlBroken
from steelyard.engines.dialects import NotPortable, to_spark
from steelyard.kit.errors import SteelyardError

NAME = "models.lock.json"
PARTS = ("major", "minor", "patch")


class LockRefused(SteelyardError):
    """A text changed without its version: raise the version, or restate what was never published."""


def entry(model: SupervisionModel, catalogue: Catalogue) -> dict[str, Any]:
    """What the lock keeps of one model.

    ``identity`` changes with key or unit (MAJOR), ``logic`` with SQL, parameters or data (MINOR),
    ``sha256`` with anything (PATCH).
    """
    data = model.document.data
    try:
        spark = _digest(to_spark(model.sql))
    except NotPortable:
        spark = None
    return {
        "version": model.version,
        "sha256": model.sha256,
        "identity": _digest([list(model.key), list(model.unit)]),
        "logic": _digest([model.sql, data.get("parameters"), data.get("data"), data.get("grade")]),
        "spark": spark,
        "datasets": sorted(model.data),
        "reach": _reach(model, catalogue),
    }


def _reach(model: SupervisionModel, catalogue: Catalogue) -> dict[str, list[str]] | None:
    """Kept so that a change of reach shows up in review; None where it cannot be derived."""
    try:
        return summary(reach_of(model, catalogue))
    except SqlBroken:
        return None


def read_lock(root: Path) -> dict[str, dict[str, Any]]:
    """The locked models by id; empty where nothing was locked yet."""
    path = root / NAME
    if not path.is_file():
        return {}
    found: dict[str, dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return found


def write_lock(root: Path, *, restate: bool = False) -> int:
    """Write the lock; returns the number of models.

    ``restate`` takes over a changed text under its old version: only for what was never published.
    Raises LockRefused.
    """
    catalogue = load_catalogue(root)
    old = read_lock(root)
    wrong = [str(one) for one in complaints(catalogue) if one.rule == "lock-version"]
    if wrong and not restate:
        raise LockRefused("\n".join(wrong))
    kept = {} if restate else {name: said for name, said in old.items() if name not in catalogue.models}
    new = kept | {name: entry(model, catalogue) for name, model in catalogue.models.items()}
    text = json.dumps(dict(sorted(new.items())), ensure_ascii=False, indent=1)
    (root / NAME).write_text(text + "\n", encoding="utf-8")
    return len(catalogue.models)


def complaints(catalogue: Catalogue) -> Iterator[Complaint]:
    """Where texts and lock disagree."""
    locked = read_lock(catalogue.root)
    path = catalogue.root / NAME
    for name in sorted(set(locked) - set(catalogue.models)):
        yield Complaint.at(path, 1, "lock-gone", f"{name} was published; withdraw it, an id is never deleted")
    for name, model in catalogue.models.items():
        at = model.document.line_of("version")
        if name not in locked:
            message = "is not in models.lock.json; run: steelyard catalogue lock"
            yield Complaint.at(model.document.path, at, "lock-missing", message)
            continue
        said, now = locked[name], entry(model, catalogue)
        least = _least_change(said, now)
        if least is None:
            if said.get("reach") != now["reach"]:
                message = "the reach derived from the SQL is another than the one locked; look at it, then lock"
                yield Complaint.at(model.document.path, at, "lock-reach", message)
            continue
        if part_raised(said["version"], now["version"]) not in PARTS[: PARTS.index(least) + 1]:
            message = f"changed since {said['version']}: raise the {least} version"
            yield Complaint.at(model.document.path, at, "lock-version", message)
        else:
            yield Complaint.at(model.document.path, at, "lock-stale", "run: steelyard catalogue lock")


def _least_change(said: dict[str, Any], now: dict[str, Any]) -> str | None:
    for what, part in (("identity", "major"), ("logic", "minor"), ("sha256", "patch")):
        if said.get(what) != now[what]:
            return part
    return None


def part_raised(old: str, new: str) -> str | None:
    """The first part by which a version grew; None where it did not."""
    for part, before, after in zip(PARTS, old.split("."), new.split("."), strict=False):
        if int(after) != int(before):
            return part if int(after) > int(before) else None
    return None


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=False, default=str).encode()).hexdigest()
