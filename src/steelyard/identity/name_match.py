"""How likely two names are one, from 0 to 1, with the reasons.

A comparison, never a decision: linkage weighs it with dates and places.  The rules below were written from how names
are formed; no number in them was fitted to labelled pairs.
"""

from collections.abc import Callable
from dataclasses import dataclass

from steelyard.identity.company_words import GENERIC, SPELLED, legal_form
from steelyard.kit.latin import jaro_winkler, likeness, sound, words

TITLES = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "miss",
        "dr",
        "prof",
        "professor",
        "sir",
        "dame",
        "lord",
        "lady",
        "president",
        "prasident",
        "presidente",
        "minister",
        "general",
        "gen",
        "col",
        "colonel",
        "capt",
        "captain",
        "hon",
        "rev",
        "sheikh",
        "shaikh",
        "shaykh",
        "haji",
        "hajj",
        "mullah",
        "maulavi",
        "mawlawi",
        "qari",
        "sayyid",
        "sayyed",
        "engineer",
        "eng",
        "ing",
        "jr",
        "sr",
        "ii",
        "iii",
        "llc",
        "ltd",
        "inc",
    ]
)
PARTICLES = frozenset(
    [
        "al",
        "el",
        "ul",
        "ad",
        "as",
        "ar",
        "bin",
        "ibn",
        "ben",
        "bint",
        "de",
        "del",
        "della",
        "di",
        "da",
        "dos",
        "du",
        "la",
        "le",
        "van",
        "von",
        "der",
        "den",
        "ter",
        "y",
        "e",
    ]
)
_SON = {"ibn": "bin", "ben": "bin", "el": "al", "ul": "al"}
LEAST = 0.8
"""Words less alike than this are different words."""
_INITIAL = 0.85
_LIGHT = 0.3
"""Weight of a particle, of a generic word of companies, of an initial."""
_FEMALE = (("ova", "ov"), ("eva", "ev"), ("ina", "in"), ("aya", "iy"), ("ska", "ski"))


@dataclass(frozen=True)
class Match:
    """A comparison of two names."""

    score: float
    reasons: tuple[str, ...]
    """same, joined, reordered, initial, extra-word, other-word, legal-form, gender, one-word, number."""


@dataclass(frozen=True)
class _Aligned:
    pairs: list[tuple[str, str, float]]
    left: list[str]
    """Words of the first name without a fellow."""
    right: list[str]


def names_match(kind: str, one: str, other: str) -> float:
    """How alike two names of a kind (person, or any other) are, 0..1."""
    return match(kind, one, other).score


def match(kind: str, one: str, other: str) -> Match:
    """The same with reasons."""
    return _persons(one, other) if kind == "person" else _companies(one, other)


def _persons(one: str, other: str) -> Match:
    first, second = _person_words(one), _person_words(other)
    if not first or not second:
        return Match(0.0, ())
    if sorted(first) == sorted(second):
        return Match(1.0 if first == second else 0.97, ("same" if first == second else "reordered",))
    joined = _joined(first, second)
    found = _aligned(first, second)
    score, reasons = _weighed(found, _person_weight, extra=0.25)
    if _gender_differs(found):
        score, reasons = score * 0.8, [*reasons, "gender"]
    if min(len(_heavy(first)), len(_heavy(second))) < 2 <= max(len(first), len(second)):
        score, reasons = score * 0.75, [*reasons, "one-word"]
    return Match(joined, ("joined",)) if joined > score else Match(round(score, 4), tuple(reasons))


def _companies(one: str, other: str) -> Match:
    (first, form), (second, other_form) = _company_words(one), _company_words(other)
    if not first or not second:
        return Match(0.0, ())
    differing = bool(form and other_form and form != other_form)
    if first == second:
        return Match(0.8 if differing else 1.0, ("same", "legal-form") if differing else ("same",))
    joined = _joined(first, second)
    found = _aligned(first, second)
    score, reasons = _weighed(found, _company_weight, extra=0.4)
    if any(w.isdigit() for w in found.left) and any(w.isdigit() for w in found.right):
        score, reasons = score * 0.6, [*reasons, "number"]
    if joined > score:
        score, reasons = joined, ["joined"]
    return Match(
        round(score * (0.85 if differing else 1), 4), (*reasons, "legal-form") if differing else tuple(reasons)
    )


def _person_words(name: str) -> list[str]:
    if "," in name and name.count(",") == 1:
        last, rest = name.split(",")
        name = f"{rest} {last}"
    found = [_SON.get(word, word) for word in words(name)]
    kept = [word for word in found if word not in TITLES] or found
    return list(dict.fromkeys(kept))


def _company_words(name: str) -> tuple[list[str], str]:
    rest, form = legal_form(words(name.replace("&", " and ").replace("%", " percent ")))
    kept = [SPELLED.get(word, word) for word in rest if word not in ("the", "of", "and")]
    return kept or rest, form


def _joined(first: list[str], second: list[str]) -> float:
    """Names that differ by where they are broken into words, or by a slip in one long run of letters."""
    one, other = "".join(first), "".join(second)
    alike = likeness(one, other)
    if one == other:
        return 0.98
    return alike * 0.97 if alike >= 0.9 and min(len(one), len(other)) >= 8 else 0.0


def _aligned(first: list[str], second: list[str]) -> _Aligned:
    """Each word with its most alike fellow, the best pairs first."""
    candidates = sorted(
        ((_word(a, b), -abs(i - j), i, j) for i, a in enumerate(first) for j, b in enumerate(second)), reverse=True
    )
    lefts, rights, pairs = set(range(len(first))), set(range(len(second))), []
    for alike, _, i, j in candidates:
        if alike >= LEAST and i in lefts and j in rights:
            lefts.remove(i)
            rights.remove(j)
            pairs.append((first[i], second[j], alike))
    return _Aligned(pairs, [first[i] for i in sorted(lefts)], [second[j] for j in sorted(rights)])


def _word(one: str, other: str) -> float:
    if one == other:
        return 1.0
    if 1 in (len(one), len(other)):
        return _INITIAL if one[0] == other[0] else 0.0
    if one.isdigit() or other.isdigit():
        return 0.0
    if sound(one) == sound(other):
        return 0.97
    # A slip in a short word makes another word; the beginning counts, but never makes up for the rest.
    heard = jaro_winkler(sound(one), sound(other))
    written = max(likeness(one, other), likeness(sound(one), sound(other)))
    return min(heard, 0.45 + written * 0.6) if written >= 0.6 else 0.0


def _weighed(found: _Aligned, weight: Callable[[str], float], *, extra: float) -> tuple[float, list[str]]:
    """Likeness over the words that have a fellow, less what stands without one.

    ``extra``: what words on one side alone take away; words left over on both sides contradict each other.
    """
    told = [(min(weight(a), weight(b)), alike) for a, b, alike in found.pairs]
    together = sum(w for w, _ in told)
    if not together:
        return 0.0, ["other-word"]
    left, right = (sum(map(weight, side)) for side in (found.left, found.right))
    alike = sum(w * a for w, a in told) / together
    against, alone = min(left, right), abs(left - right)
    covered = together / (together + 2 * against + extra * alone)
    reasons = [name for name, holds in (("other-word", against), ("extra-word", alone)) if holds]
    if any(1 in (len(a), len(b)) and a != b for a, b, _ in found.pairs):
        reasons.append("initial")
    return alike * covered, reasons or ["same"]


def _person_weight(word: str) -> float:
    return _LIGHT if word in PARTICLES or len(word) == 1 else 1.0


def _company_weight(word: str) -> float:
    return _LIGHT if word in GENERIC else 1.0


def _heavy(found: list[str]) -> list[str]:
    return [word for word in found if word not in PARTICLES]


def _gender_differs(found: _Aligned) -> bool:
    """A surname in its male and female form beside given names that differ: father and daughter, not one person."""
    endings = any(
        (a.endswith(f) and b.endswith(m)) or (a.endswith(m) and b.endswith(f))
        for a, b, _ in found.pairs if a != b
        for f, m in _FEMALE
    )  # fmt: skip
    given = any({a[-1], b[-1]} == {"a", "o"} and a[:-1] == b[:-1] for a, b, _ in found.pairs)
    return endings or given
