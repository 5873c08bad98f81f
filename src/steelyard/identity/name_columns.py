"""Forms of names for comparison as portable SQL: the same as ``identity.names`` where ``is_plain_name`` holds.

An engine's ``translate`` builds its table anew for every row, so a table of four thousand characters is never given to
it: rows without such a character (nearly all) pass by one test, the others look each character up by its code.
"""

from functools import cache

from steelyard.kit.hanzi import FIRST, LAST, SURNAME_SOUNDS, simplified_map, sounds
from steelyard.kit.sqltext import literal

_MARKS = "[\\s　·•‧・∙⋅．.\\-‐‑–—_'’`]"
_CJK = "一-鿿"


@cache
def _traditional() -> str:
    """A class of the characters that have a simplified one, as ranges."""
    codes = sorted(ord(c) for c in simplified_map() if FIRST <= ord(c) <= LAST)
    ranges: list[list[int]] = []
    for code in codes:
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    return "[" + "".join(chr(a) if a == b else f"{chr(a)}-{chr(b)}" for a, b in ranges) + "]"


@cache
def _simplified_table() -> str:
    known = simplified_map()
    return "".join(known.get(chr(code), chr(code)) for code in range(FIRST, LAST + 1))


@cache
def _sound_table() -> str:
    known = sounds()
    return " ".join(known.get(chr(code), "?") for code in range(FIRST, LAST + 1))


def is_plain_name(name: str) -> str:
    """SQL: whether ``person_form_sql`` gives what ``names.person_form`` gives; the rest is for Python."""
    allowed = "^[" + _CJK + "\\x20-\\x7E·•‧・∙⋅．\\x{3000}‐‑–—’]*$"
    return f"regexp_matches({name}, {literal(allowed)})"


def simplified_sql(text: str) -> str:
    """SQL: traditional and variant characters as the simplified ones."""
    table = f"string_split('{_simplified_table()}', '')"
    looked_up = (
        f"CASE WHEN c BETWEEN '{chr(FIRST)}' AND '{chr(LAST)}' THEN {table}[unicode(c) - {FIRST - 1}] ELSE c END"
    )
    each = f"array_to_string(list_transform(string_split({text}, ''), lambda c: {looked_up}), '')"
    return f"CASE WHEN regexp_matches({text}, '{_traditional()}') THEN {each} ELSE {text} END"


def person_form_sql(name: str) -> str:
    """SQL: a person's name for comparison."""
    bare = f"lower(regexp_replace({name}, {literal(_MARKS)}, '', 'g'))"
    form = f"CASE WHEN regexp_matches({name}, '^[{_CJK}]*$') THEN {name} ELSE {bare} END"
    return simplified_sql(f"({form})")


def pinyin_sql(form: str) -> str:
    """SQL: syllables of a name in comparison form, with a blank between; blocking and comparison only.

    The surname is read as one; compound surnames are read by their characters.
    """
    table = f"string_split('{_sound_table()}', ' ')"
    each = f"CASE WHEN c BETWEEN '{chr(FIRST)}' AND '{chr(LAST)}' THEN {table}[unicode(c) - {FIRST - 1}] ELSE c END"
    rest = f"array_to_string(list_transform(string_split({form}, ''), lambda c: {each}), ' ')"
    surnames = " ".join(f"WHEN '{c}' THEN '{read}'" for c, read in SURNAME_SOUNDS.items())
    given = f"regexp_replace({rest}, '^[^ ]+', '')"
    return f"CASE WHEN substr({form}, 1, 1) IN ({', '.join(map(literal, SURNAME_SOUNDS))}) AND length({form}) > 1 " \
           f"THEN CASE substr({form}, 1, 1) {surnames} END || {given} ELSE {rest} END"  # fmt: skip
