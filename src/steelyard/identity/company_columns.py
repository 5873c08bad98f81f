"""Parts of company names as portable SQL, as ``kit.companies.split`` gives them."""

from steelyard.kit.companies import BRANCH, PATTERN
from steelyard.kit.sqltext import literal

_PLACES = {"region": 1, "brand": 2, "industry": 3, "form": 4}


def parent_sql(name: str) -> str:
    """SQL: the company whose branch is named, or the name itself.  ``name``: without brackets and former names."""
    return f"CASE WHEN regexp_matches({name}, {literal(BRANCH)}) THEN {_part(name, BRANCH, 1)} ELSE {name} END"


def part_sql(part: str, name: str) -> str:
    """SQL: region, brand, industry or form of a name that is no branch; a name that cannot be split is all brand."""
    otherwise = name if part == "brand" else "''"
    found = _part(name, PATTERN, _PLACES[part])
    return f"CASE WHEN regexp_matches({name}, {literal(PATTERN)}) THEN {found} ELSE {otherwise} END"


def _part(name: str, pattern: str, place: int) -> str:
    return f"regexp_extract({name}, {literal(pattern)}, {place})"
