"""State-owned enterprises: which companies they are, who works there by number, and in which village which wrong is.

Every village has one in its area, and those of a town are one group: counted with all they own, a province has about
as many as villages (an assumption of ours).  That each has its own keeps the wrongs of different villages apart.
"""

from collections.abc import Mapping, Sequence

from steelyard.synth.scale import schemes
from steelyard.synth.scale.size import COMPANIES, FIRMS, PERSONS, VILLAGES_OF_A_TOWN, Size
from steelyard.synth.scale.table import LookAlike, Made, Planted, villages

SLOT = 29
"""The company of a village that is its enterprise."""
SISTER = SLOT - COMPANIES
"""Counted from a village: the enterprise of the one before it."""
SUED_SUPPLIER = FIRMS + 5
"""A firm of the market with cases at court, from which the enterprise buys."""
TRADERS = 4
"""Companies of a village, from 30 on, that sell to enterprises; 34 to 39 do nothing but what wrongs have them do."""
FIRST_TRADER = 30
FIRST_STAFF = 900
"""Person of a village: its enterprise's chief; two deputies, two managers and a head of division follow, then staff."""
STAFF = 21
CHIEF, DEPUTY, MANAGER = 0, 1, 3
CIRCLE = 5
"""Traders, each of another village of the county, that an enterprise buys from."""
TRADES = ("污水处理", "公交客运", "粮食收储", "物业管理", "砂石开采", "园林养护")
_UNLIKE_TRADES = ("机电设备销售", "办公用品批发", "仓储服务", "五金建材零售", "软件开发")
_PLACES: Mapping[str, int] = {
    "write-off decided": 0, "household": 1, "young seller": 2, "six years": 3, "two applicants": 4,
    "split payment": 5, "vouched before": 5, "split in two": 6, "signed afterwards": 7, "three in turn": 8,
    "best of many": 9, "undecided payment": 10, "monthly payments": 11, "call-offs": 11, "renewed lease": 12,
    "no quorum": 13, "left last year": 14, "money pooled": 15, "sold cheaply": 15, "single source": 16,
    "paid too much": 17, "no meeting": 18, "left lately": 19, "hasty meeting": 20, "insider bought": 20,
    "patented part": 21, "contract too high": 22, "second meeting": 23, "left long ago": 24, "diverted": 25,
    "handed over": 25, "far too dear": 26, "supplement": 27, "child of the chief": 28, "spouse in the trade": 29,
    "cheap lease": 30, "too dear": 31, "one network card": 32, "paid after death": 33, "closed firm": 34,
    "long lease": 35, "small lot": 36, "trading hall": 37, "much sued": 37, "died in time": 38, "large bonus": 39,
    "listed lease": 40, "banned seller": 41, "one claim": 42, "lent out": 43, "small bonus": 44, "old debt": 45,
    "off the list": 46, "cases withdrawn": 47, "by the branch": 47, "referral": 48, "round trip": 49, "late debt": 50,
    "new seller": 51, "parent sells": 52, "unrecorded": 53, "real trade": 54, "quiet write-off": 55, "shell": 56,
    "distant cousin": 57, "veteran": 58, "outside guarantee": 59,
}  # fmt: skip
"""In which village out of sixty a wrong or look-alike is (``schemes.at``); two in one touch no row of each other."""


def tables(size: Size) -> list[Made]:
    return [_org()]


def enterprise(v: str = "v") -> str:
    """SQL: the number of the enterprise of a village."""
    return f"({v} * {COMPANIES} + {SLOT})"


def trader(s: int | str) -> str:
    """SQL: the number of company ``s`` of the village ``v``."""
    return f"(v * {COMPANIES} + {s})"


def person(n: int | str) -> str:
    """SQL: the number of person ``n`` of the village ``v``."""
    return f"(v * {PERSONS} + {n})"


def staff(m: int | str) -> str:
    """SQL: the number of who is ``m``-th at the enterprise of the village ``v``."""
    return person(f"{FIRST_STAFF} + {m}")


def leads(s: int) -> int:
    """Which person of its village is the legal representative of company ``s``."""
    return 2 * s


def usual(c: str) -> str:
    """SQL: the number of the ``c``-th company of the circle the enterprise of ``v`` buys from."""
    place = f"(first_of(county_of(v)) + (pick(1404, v, villages_of(county_of(v))) + {c}) % villages_of(county_of(v)))"
    return f"({place} * {COMPANIES} + {FIRST_TRADER} + pick(1405, v * {CIRCLE} + {c}, {TRADERS}))"


def top() -> str:
    """SQL: the village whose enterprise leads the group of the one of ``v``."""
    return f"(v - (v - first_of(county_of(v))) % {VILLAGES_OF_A_TOWN})"


def next_of_group() -> str:
    """SQL: the village after ``v`` in the group; after the last one the first."""
    members = f"least({VILLAGES_OF_A_TOWN}, first_of(county_of(v)) + villages_of(county_of(v)) - {top()})"
    return f"({top()} + (v - {top()} + 1) % {members})"


def trade() -> str:
    """SQL: the main business of the enterprise of ``v``; that of every third village the same."""
    return f"[{', '.join(repr(name) for name in TRADES)}][1 + v % {len(TRADES)}]"


def scope() -> str:
    """SQL: what a company ``s`` of ``v`` may do, where it trades with enterprises; else null, as it is nowhere read."""
    ordinary = f"[{', '.join(repr(name) for name in _UNLIKE_TRADES)}][1 + s % {len(_UNLIKE_TRADES)}]"
    return f"CASE WHEN s BETWEEN {FIRST_TRADER} AND {FIRST_TRADER + 9} THEN {ordinary} END"


def here(name: str, size: Size) -> str:
    """SQL: whether the village ``v`` is one with this wrong or look-alike."""
    return schemes.at(_PLACES[name], size.village_every)


def done(columns: str, rows: Sequence[Sequence[object]], size: Size) -> str:
    """SQL: rows beside ``v``; the first value of each names the wrong or look-alike it belongs to."""
    placed = [(_PLACES[str(name)], *rest) for name, *rest in rows]
    return schemes.listed(columns, placed, size.village_every)


def planted_at(
    size: Size, model: str, name: str, key: dict[str, str], grade: str, *, story: str = "", when: str = ""
) -> Planted:
    """A wrong in the villages it is done in."""
    return Planted(model, key, f"{villages()} WHERE {here(name, size)}", grade, (), story, when)


def look_alike_at(size: Size, model: str, name: str, key: dict[str, str], why: str) -> LookAlike:
    """What looks like a wrong in its villages."""
    return LookAlike(model, key, f"{villages()} WHERE {here(name, size)}", why)


def _org() -> Made:
    return Made(
        "soe_org", 1,
        f"""SELECT company_key({enterprise()}) AS company_id,
            CASE WHEN {top()} <> v THEN company_key({enterprise(top())}) END AS parent_company_id,
            'county' AS level, {trade()} AS main_business
        FROM {villages()}""", ordered=True,
    )  # fmt: skip
