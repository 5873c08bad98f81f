"""Precision and recall, and what is said where a part cannot be measured."""

from collections.abc import Set
from typing import Any

from steelyard.kit.errors import SteelyardError


class Missing(SteelyardError):
    """What a part of the benchmark needs is not here."""


def scores(found: Set[Any], truth: Set[Any]) -> dict[str, Any]:
    """Precision, recall and F1 of found pairs, with the counts they come from."""
    right = len(found & truth)
    return scores_of(right, len(found) - right, len(truth) - right)


def scores_of(right: int, wrong: int, missed: int) -> dict[str, Any]:
    precision, recall = right / max(right + wrong, 1), right / max(right + missed, 1)
    f1 = 2 * precision * recall / max(precision + recall, 1e-12)
    return {"precision": round(precision, 6), "recall": round(recall, 6), "f1": round(f1, 6), "false": wrong,
            "missed": missed, "right": right}  # fmt: skip
