"""``catalogue/contracts.lock.json``: which text of a contract was published under which version."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from steelyard.catalogue.complaint import Complaint
from steelyard.catalogue.lock import LockRefused
from steelyard.catalogue.model import Catalogue
from steelyard.contracts import Contract
from steelyard.contracts.change import Shape, compatible, enough

NAME = "contracts.lock.json"


def read_lock(root: Path) -> dict[str, Shape]:
    """The locked contracts by dataset; empty where nothing was locked yet."""
    path = root / NAME
    if not path.is_file():
        return {}
    said: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return {dataset: Shape.read(one) for dataset, one in said.items()}


def write_lock(catalogue: Catalogue, *, restate: bool = False) -> int:
    """Write the lock; returns the number of contracts.

    ``restate`` takes over a changed text under its old version: only for what was never published.
    Raises LockRefused.
    """
    wrong = [str(one) for one in complaints(catalogue) if one.rule in ("lock-version", "lock-gone")]
    if wrong and not restate:
        raise LockRefused("\n".join(wrong))
    shapes = {dataset: Shape.of(contract).told() for dataset, contract in sorted(catalogue.contracts.items())}
    text = "{\n" + ",\n".join(f"{json.dumps(name)}: {_line(one)}" for name, one in shapes.items()) + "\n}\n"
    (catalogue.root / NAME).write_text(text, encoding="utf-8")
    return len(shapes)


def _line(shape: dict[str, Any]) -> str:
    return json.dumps(shape, ensure_ascii=False)


def complaints(catalogue: Catalogue) -> Iterator[Complaint]:
    """Where contracts and lock disagree."""
    locked, path = read_lock(catalogue.root), catalogue.root / NAME
    for dataset in sorted(set(locked) - set(catalogue.contracts)):
        yield Complaint.at(path, 1, "lock-gone", f"{dataset} was published; its data outlives a deleted contract")
    for dataset, contract in catalogue.contracts.items():
        if dataset not in locked:
            message = f"{dataset} is not in {NAME}; run: steelyard catalogue lock"
            yield Complaint.at(contract.path, 1, "lock-missing", message)
        else:
            yield from _changed(contract, locked[dataset])


def _changed(contract: Contract, locked: Shape) -> Iterator[Complaint]:
    now = Shape.of(contract)
    needed = compatible(locked, now)
    if needed is None:
        return
    if not enough(needed, locked.version, now.version):
        message = f"changed since {locked.version}: raise the {needed} version and say so in its history"
        yield Complaint.at(contract.path, 1, "lock-version", message)
    else:
        yield Complaint.at(contract.path, 1, "lock-stale", "run: steelyard catalogue lock")
