"""Any name in small Latin letters, and how alike two words are; for comparison only."""

import re
import unicodedata

from steelyard.kit.hanzi import FIRST, LAST, pinyin
from steelyard.kit.wordlists import listed

_CYRILLIC = dict(zip("абвгдезийклмнопрстуфыэіїґўјђљњћџё", listed(
    "a b v g d e z i i k l m n o p r s t u f y e i i g u j d l n c d e"
), strict=True))  # fmt: skip
_CYRILLIC |= {"ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ь": "",
              "ю": "yu", "я": "ya", "є": "ye"}  # fmt: skip
_GREEK = dict(
    zip(
        "αβγδεζηικλμνξοπρσςτυφω",
        ["a", "v", "g", "d", "e", "z", "i", "i", "k", "l", "m", "n", "x", "o", "p", "r", "s", "s", "t", "y", "f", "o"],
        strict=True,
    )
)
_GREEK |= {"θ": "th", "χ": "ch", "ψ": "ps"}
_GEORGIAN = dict(zip("აბგდევზთიკლმნოპრსტუფქყხჰჯღძცწ", listed(
    "a b g d e v z t i k l m n o p r s t u p k q kh h j gh dz ts ts"
), strict=True))  # fmt: skip
_GEORGIAN |= {"ჟ": "zh", "შ": "sh", "ჩ": "ch", "ჭ": "ch"}
_ARMENIAN = dict(zip("աբգդեզէըթիլխծկհձղմյնոպջռսվտրցւփքօֆ", listed(
    "a b g d e z e e t i l kh ts k h dz gh m y n o p j r s v t r ts u p k o f"
), strict=True))  # fmt: skip
_ARMENIAN |= {"ժ": "zh", "ճ": "ch", "շ": "sh", "չ": "ch"}
_ARABIC = dict(zip("ابتثجحخدذرزسشصضطظعغفقكلمنهويىةأإآئؤءپچگی", listed(
    "a b t th j h kh d dh r z s sh s d t z a gh f q k l m n h w y a a a i a y w - p ch g y"
),
    strict=True)) | {"ء": ""}  # fmt: skip
_SPECIAL = {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ı": "i", "ŋ": "ng"}
_LETTERS = str.maketrans(_CYRILLIC | _GREEK | _GEORGIAN | _ARMENIAN | _ARABIC | _SPECIAL)
_SILENT = re.compile(r"['’‘`´ʻʼ.\"“”]")
_BREAKS = re.compile(r"[^0-9a-z]+")
_SOUNDS = (
    ("shch", "sh"), ("sch", "sh"), ("tsch", "ch"), ("kh", "h"), ("ph", "f"), ("gh", "g"), ("ck", "k"), ("qu", "k"),
    ("q", "k"), ("dj", "j"), ("oo", "u"), ("ou", "u"), ("ee", "i"), ("ie", "i"), ("ei", "i"), ("iy", "i"), ("yy", "i"),
    ("y", "i"), ("j", "i"), ("w", "v"), ("x", "ks"), ("z", "s"), ("c", "k"), ("th", "t"), ("dh", "d"),
)  # fmt: skip


def words(name: str) -> list[str]:
    """The words of a name: other scripts transliterated, accents off, small letters and digits."""
    text = unicodedata.normalize("NFKC", name)
    text = "".join(f" {pinyin(c)} " if FIRST <= ord(c) <= LAST else c for c in text)
    marked = unicodedata.normalize("NFD", text.casefold().translate(_LETTERS))
    bare = "".join(c for c in marked if not unicodedata.combining(c)).translate(_LETTERS)
    return [word for word in _BREAKS.split(_SILENT.sub("", bare)) if word]


def sound(word: str) -> str:
    """A word as it roughly sounds, so that ways of transliterating it fall together."""
    for written, heard in _SOUNDS:
        word = word.replace(written, heard)
    return re.sub(r"(.)\1+", r"\1", word)


def edits(one: str, other: str) -> int:
    """Changed, added and left out characters between two texts (Levenshtein)."""
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        above, row = row, [i]
        for j, b in enumerate(other, 1):
            row.append(min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a != b)))
    return row[-1]


def likeness(one: str, other: str) -> float:
    """1 for equal texts, 0 for texts without anything in common: edits over the longer length."""
    return 1 - edits(one, other) / max(len(one), len(other), 1)


def jaro_winkler(one: str, other: str) -> float:
    """Jaro's likeness with Winkler's bonus for a common beginning, 0..1."""
    if one == other:
        return 1.0
    reach = max(max(len(one), len(other)) // 2 - 1, 0)
    taken = [False] * len(other)
    common: list[str] = []
    for i, a in enumerate(one):
        for j in range(max(0, i - reach), min(len(other), i + reach + 1)):
            if not taken[j] and other[j] == a:
                taken[j] = True
                common.append(a)
                break
    if not common:
        return 0.0
    facing = [b for b, used in zip(other, taken, strict=True) if used]
    moved = sum(a != b for a, b in zip(common, facing, strict=True)) / 2
    hit = len(common)
    jaro = (hit / len(one) + hit / len(other) + (hit - moved) / hit) / 3
    begin = next(
        (i for i, (a, b) in enumerate(zip(one[:4], other[:4], strict=False)) if a != b), min(4, len(one), len(other))
    )
    return jaro + begin * 0.1 * (1 - jaro)
