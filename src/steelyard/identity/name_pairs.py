"""How well names are compared, on a file of labelled pairs, beside a plain Levenshtein.

No threshold is tuned on the pairs it is measured with: each pair is judged by the threshold that was best for its
kind on the four other fifths.  Which fifth a pair is in follows from its text alone, both directions in one.
"""

import csv
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from steelyard.identity.name_match import names_match
from steelyard.kit.latin import likeness

PARTS = 5
STEPS = 100


@dataclass(frozen=True)
class Pair:
    """Two names, and whether people held them to be one."""

    kind: str
    one: str
    other: str
    same: bool

    @property
    def part(self) -> int:
        """The fifth it is in."""
        text = "\n".join(sorted((self.one.casefold(), self.other.casefold())))
        return hashlib.sha256(text.encode()).digest()[0] % PARTS


def read(path: Path) -> list[Pair]:
    """The pairs of a CSV with schema, name1, name2 and is_match."""
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Pair("person" if row["schema"] == "Person" else "company", row["name1"], row["name2"],
                 row["is_match"] == "true")
            for row in csv.DictReader(file)
        ]  # fmt: skip


def figures(path: Path) -> dict[str, Any]:
    """F1 of ours and of Levenshtein, each over all pairs when every one was held out, and the thresholds used."""
    pairs = read(path)
    ours = _held_out(pairs, [names_match(pair.kind, pair.one, pair.other) for pair in pairs])
    plain = _held_out(pairs, [likeness(pair.one.casefold(), pair.other.casefold()) for pair in pairs])
    told: dict[str, Any] = {"names_f1": ours["f1"], "names_f1_levenshtein": plain["f1"], "names_pairs": len(pairs)}
    told["names"] = ours | {
        "levenshtein": plain,
        "split": f"{PARTS} parts by hash of the pair, threshold from the others",
    }
    for kind in ("person", "company"):
        told["names"][f"{kind}_f1"] = _f1([p for p in zip(pairs, ours["said"], strict=True) if p[0].kind == kind])
    del ours["said"], plain["said"], told["names"]["said"]
    return told


def _held_out(pairs: Sequence[Pair], scores: Sequence[float]) -> dict[str, Any]:
    scored = list(zip(pairs, scores, strict=True))
    thresholds = {
        f"{kind} {part}": _best([one for one in scored if one[0].part != part and one[0].kind == kind])
        for kind in ("person", "company")
        for part in range(PARTS)
    }
    said = [score >= thresholds[f"{pair.kind} {pair.part}"] for pair, score in scored]
    judged = list(zip(pairs, said, strict=True))
    right = sum(pair.same and yes for pair, yes in judged)
    return {
        "f1": _f1(judged),
        "precision": round(right / max(sum(said), 1), 4),
        "recall": round(right / max(sum(pair.same for pair in pairs), 1), 4),
        "thresholds": thresholds,
        "said": said,
    }


def _best(scored: Sequence[tuple[Pair, float]]) -> float:
    """The threshold of the highest F1; of several the middle one."""
    rated = [(_f1([(pair, score >= at / STEPS) for pair, score in scored]), at) for at in range(1, STEPS)]
    best = [at for rate, at in rated if rate == max(rated)[0]] or [STEPS // 2]
    return best[len(best) // 2] / STEPS


_Judged = Sequence[tuple[Pair, bool]]


def _f1(judged: _Judged) -> float:
    right = sum(pair.same and yes for pair, yes in judged)
    told = sum(pair.same for pair, _ in judged) + sum(yes for _, yes in judged)
    return round(2 * right / told, 4) if told else 0.0
