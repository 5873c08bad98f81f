"""Who handles what the platform raises: bodies of towns and counties, and stations that only the wrongs need.

Their people have the numbers 2430 to 2469 of a village: 2430-2433 handle for the town in its first village, 2440-2443
review for the county in its first, 2450-2469 work at stations.
"""

from collections.abc import Mapping

from steelyard.synth.scale import schemes
from steelyard.synth.scale.size import PERSONS, VILLAGES_OF_A_TOWN, Size
from steelyard.synth.scale.table import villages

FIRST_HANDLER, FIRST_REVIEWER, FIRST_AT_STATION = 2430, 2440, 2450
HANDLERS = 4
"""Of a town's body, and as many who review in a county's."""
STATION_STAFF = 2
_TOWNS, _STATIONS = 600_000, 700_000
"""Numbers of bodies from which those of towns and stations are counted."""
_COUNTY = 60
DISCIPLINE, BUREAU, AUDIT, INSTITUTE = range(4)
"""Bodies of a county besides those that build."""
_COUNTY_BODIES = (
    ("纪检监察机关", "discipline"), ("农业农村局", "agriculture"), ("审计监督办公室", "discipline"),
    ("农业科学研究院", "agriculture"),
)  # fmt: skip

STATIONS: Mapping[str, int] = {
    "untrue model": 2, "overdue body": 8, "slow body": 13, "one answer late": 18, "own review": 23,
    "all denied": 28, "answered at once": 33, "nine denied": 38, "reporter exposed": 43, "kin looked up": 48,
}  # fmt: skip
"""Which village out of sixty has a station of its own, and what it is for."""
_NUMBERS = {wrong: number for number, wrong in enumerate(STATIONS)}

TOWN_BODY = f"org_key({_TOWNS} + v // {VILLAGES_OF_A_TOWN})"
COMMITTEE = "org_key(500000 + v)"
STATION_SLOTS = 16


def here(wrong: str, size: Size) -> str:
    """SQL: whether the village ``v`` has the station of a wrong."""
    return schemes.at(STATIONS[wrong], size.village_every)


def county_body(kind: int) -> str:
    """SQL: a body of the county of village ``v``."""
    return f"org_key(county_of(v) * 64 + {_COUNTY + kind})"


def town_handler(n: str) -> str:
    """SQL: the ``n``-th of those who handle for the town of village ``v``."""
    return f"person_key(v // {VILLAGES_OF_A_TOWN} * {VILLAGES_OF_A_TOWN * PERSONS} + {FIRST_HANDLER} + ({n}))"


def county_reviewer(n: str) -> str:
    """SQL: the ``n``-th of those who review for the county of village ``v``."""
    return f"person_key(first_of(county_of(v)) * {PERSONS} + {FIRST_REVIEWER} + ({n}))"


def station(wrong: str) -> str:
    """SQL: the station in village ``v`` that a wrong is done in."""
    return f"org_key({_STATIONS} + v * {STATION_SLOTS} + {_NUMBERS[wrong]})"


def station_staff(wrong: str, n: str = "0") -> str:
    """SQL: one of the two who work there."""
    return f"person_key(v * {PERSONS} + {FIRST_AT_STATION + _NUMBERS[wrong] * STATION_STAFF} + ({n}))"


def orgs(size: Size) -> str:
    """SQL: rows of ``org`` for all of them."""
    towns = f"(v - first_of(county_of(v))) % {VILLAGES_OF_A_TOWN} = 0"
    ours = " UNION ALL ".join(
        f"SELECT {station(wrong)}, place_name(v) || '片区工作站', 'town_government', 'town', town_code(v), {TOWN_BODY} "
        f"FROM {villages()} WHERE {here(wrong, size)}"
        for wrong in STATIONS
    )
    counties = " UNION ALL ".join(
        f"SELECT {county_body(kind)}, place_name(40 + county_of(v)) || '县{name}', '{org_type}', 'county', "
        f"county_code(county_of(v)), NULL FROM {villages()} WHERE first_of(county_of(v)) = v"
        for kind, (name, org_type) in enumerate(_COUNTY_BODIES)
    )
    return f"""SELECT {TOWN_BODY} AS org_id, place_name(150 + v // {VILLAGES_OF_A_TOWN}) || '镇监察办公室' AS name,
            'discipline' AS org_type, 'town' AS level, town_code(v) AS area_code,
            {county_body(DISCIPLINE)} AS parent_org_id FROM {villages()} WHERE {towns}
        UNION ALL {counties} UNION ALL {ours}"""


def people() -> str:
    """SQL: the numbers of those who handle and review, for the register of subjects."""
    last = FIRST_AT_STATION + len(STATIONS) * STATION_STAFF
    of_town, of_county = f"v % {VILLAGES_OF_A_TOWN} = 0", "first_of(county_of(v)) = v"
    return f"""SELECT v * {PERSONS} + n AS id FROM {villages()}, range({FIRST_HANDLER}, {last}) AS o(n)
        WHERE CASE WHEN n < {FIRST_REVIEWER} THEN {of_town} AND n < {FIRST_HANDLER + HANDLERS}
            WHEN n < {FIRST_AT_STATION} THEN {of_county} AND n < {FIRST_REVIEWER + HANDLERS} ELSE true END"""
