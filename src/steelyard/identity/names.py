"""Whether two names can belong to one person or one company."""

import re
import unicodedata

from steelyard.kit.hanzi import simplified

_DOTS = re.compile("[·•‧・∙⋅．\u00b7\u2027\u30fb\uff65.]")
_BLANKS = re.compile(r"[\s\u3000\-‐‑–—_'’`]+")
_BRACKETS = re.compile(r"[()\[\]{}<>《》〈〉「」『』【】“”\",，、;；:：/\\&+]+")
SHORTEST_PART = 4
"""A company name may be part of the other one from so many characters on."""


def _folded(name: str) -> str:
    text = simplified(unicodedata.normalize("NFKC", _DOTS.sub("·", name)))
    text = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return _BLANKS.sub("", unicodedata.normalize("NFC", text)).casefold()


def person_form(name: str) -> str:
    """A person's name for comparison: one kind of width, simplified characters, no blanks, no middle dots."""
    return _DOTS.sub("", _folded(name)).replace("·", "")


def company_form(name: str) -> str:
    """A company's name for comparison: also without brackets, one word for a limited company."""
    text = _BRACKETS.sub("", _folded(name)).replace("·", "")
    return text.replace("有限责任公司", "有限公司").replace("股份有限公司", "股份公司")


def compatible(kind: str, one: str, other: str) -> bool:
    """Whether both names can be meant for one subject of that kind; an empty name fits every other.

    Covered letters (李*明) fit any letter.
    """
    if not one.strip() or not other.strip():
        return True
    if kind == "person":
        return _fits(person_form(one), person_form(other))
    first, second = company_form(one), company_form(other)
    if first == second:
        return True
    short, long = sorted((first, second), key=len)
    return len(short) >= SHORTEST_PART and short in long


def _fits(one: str, other: str) -> bool:
    if one == other:
        return True
    covered = "*" in one or "*" in other
    return covered and len(one) == len(other) and all(a == b or "*" in (a, b) for a, b in zip(one, other, strict=True))
