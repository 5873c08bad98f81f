"""Penalties, judgments and disciplinary cases, who is a party member, and officials whom that concerns."""

from collections.abc import Mapping

from steelyard.synth.scale import schemes
from steelyard.synth.scale.people import FIRST_OFFICIAL
from steelyard.synth.scale.size import PERSONS, Size
from steelyard.synth.scale.table import LookAlike, Made, Planted, each, villages

PENALTIES = 3
FIRST_MEMBER = 1_750
MEMBERS = 16
"""Villagers who are party members; nobody else penalised is one, but for a member with a case on record."""
_MATTERS = ("gambling", "fighting", "drunk_driving", "traffic", "other")
_PLACES: Mapping[str, int] = {
    "secretary gambles": 2, "member convicted": 7, "being filed": 12, "case followed": 17, "head convicted": 22,
    "under sanction": 27, "deputy owes": 32, "long ago": 37, "debt paid": 42, "sanction over": 47,
    "accountant owes": 52,
}  # fmt: skip
_HIDDEN, _UNFIT, _DOUBLE = (
    f"cross/{name}" for name in ("official-penalty-hidden", "village-cadre-qualification", "one-card-double-identity")
)


def tables(size: Size) -> list[Made]:
    return [_penalty(size), _judgment(size), _case(size), _member()]


def where(wrong: str, size: Size) -> str:
    return schemes.at(_PLACES[wrong], size.village_every)


def _official(n: int) -> str:
    return f"person_key(v * {PERSONS} + {FIRST_OFFICIAL + n})"


def _villager(n: str) -> str:
    return f"person_key(v * {PERSONS} + 1300 + {n})"


def _told(rows: Mapping[str, str], size: Size) -> str:
    """SQL: UNIONs with a row of each wrong."""
    return " ".join(
        f"UNION ALL SELECT {columns} FROM {villages()} WHERE {where(wrong, size)}" for wrong, columns in rows.items()
    )


def _penalty(size: Size) -> Made:
    """Of villagers; of every third village also of a party member, with a case on record soon after."""
    matters = ", ".join(f"'{matter}'" for matter in _MATTERS)
    more = {
        "secretary gambles": f"numbered('CP', v * 10), {_official(0)}, before(130), 'gambling', '罚款'",
        "being filed": f"numbered('CP', v * 10), {_official(1)}, before(40), 'drunk_driving', '拘留'",
        "case followed": f"numbered('CP', v * 10), {_official(1)}, before(200), 'fighting', '罚款'",
    }
    return Made(
        "police_penalty", PENALTIES + 0.4,
        f"""SELECT numbered('CF', id) AS penalty_id, {_villager("pick(1550, id, 280)")} AS person_id,
            before(5 + pick(1551, id, 1700)) AS decision_date, [{matters}][1 + pick(1552, id, {len(_MATTERS)})]
                AS matter, CASE WHEN pick(1553, id, 5) = 0 THEN '拘留' ELSE '罚款' END AS penalty
        FROM {each("n", PENALTIES)}
        UNION ALL SELECT numbered('CD', v), {_member_key("2")}, before({_member_penalised()}),
            CASE WHEN v % 2 = 0 THEN 'traffic' ELSE 'gambling' END, '罚款' FROM {villages()} WHERE v % 3 = 1
        {_told(more, size)}""",
    )  # fmt: skip


def _member_key(n: str) -> str:
    return f"person_key(v * {PERSONS} + {FIRST_MEMBER} + {n})"


def _member_penalised() -> str:
    """SQL: days since the party member of a village was penalised."""
    return "(90 + pick(1554, v, 1200))"


def _judgment(size: Size) -> Made:
    """Half the villages have one in five years; a head of a village was convicted before anybody voted for him."""
    crimes = "['fraud', 'embezzlement', 'other', 'other'][1 + pick(1556, v, 4)]"
    more = {
        "member convicted": f"numbered('XJ', v), {_member_key('5')}, 'fraud', before(230), before(215)",
        "head convicted": f"numbered('XJ', v), {_official(1)}, 'fraud', before(1220), before(1200)",
        "long ago": f"numbered('XJ', v), {_official(1)}, 'other', before(2320), before(2300)",
    }
    return Made(
        "criminal_judgment", 0.5,
        f"""SELECT numbered('XP', v) AS case_no, {_villager("280 + pick(1555, v, 10)")} AS subject_id,
            {crimes} AS crime, before(30 + pick(1557, v, 1800)) AS judgment_date,
            before(15 + pick(1557, v, 1800)) AS effective_date FROM {villages()} WHERE v % 2 = 0
        {_told(more, size)}""",
    )  # fmt: skip


def _case(size: Size) -> Made:
    """What the commission filed: of the penalised member, and of those in office whom it concerned."""
    more = {
        "case followed": f"numbered('JJ', v), {_official(1)}, before(170), 'none', NULL",
        "under sanction": f"numbered('JJ', v), {_official(3)}, before(200), 'serious_warning', before(-300)",
        "sanction over": f"numbered('JJ', v), {_official(3)}, before(800), 'warning', before(430)",
    }
    return Made(
        "integrity_case", 0.4,
        f"""SELECT numbered('LA', v) AS case_no, {_member_key("2")} AS person_id,
            before({_member_penalised()} - 25) AS filed_date, 'warning' AS discipline,
            before({_member_penalised()} - 25 - 365) AS effect_until FROM {villages()} WHERE v % 3 = 1
        {_told(more, size)}""",
    )  # fmt: skip


def _member() -> Made:
    """The secretary, a deputy, who supervises, and villagers; one of them has left the party."""
    seats = f"CASE WHEN n < 3 THEN {FIRST_OFFICIAL} + [0, 2, 6][1 + n] ELSE {FIRST_MEMBER} + n - 3 END"
    return Made(
        "party_member", MEMBERS + 3,
        f"""SELECT person_key(v * {PERSONS} + {seats}) AS person_id, org_key(500000 + v) AS branch_org_id,
            before(3000 + pick(1558, id, 9000)) AS join_date,
            CASE WHEN n = {MEMBERS + 2} THEN 'former' ELSE 'active' END AS status FROM {each("n", MEMBERS + 3)}""",
    )  # fmt: skip


def debtors_in_office(size: Size) -> str:
    """SQL: rows of ``enforcement`` about officials."""
    return f"""SELECT numbered('ZY', v) AS case_no, {_official(2)} AS subject_id, 'dishonest' AS list_type,
            yuan(120000) AS amount, before(250) AS in_date,
            CASE WHEN {where("debt paid", size)} THEN before(60) END AS out_date
        FROM {villages()} WHERE {where("deputy owes", size)} OR {where("debt paid", size)}
        UNION ALL SELECT numbered('ZY', v), {_official(4)}, 'dishonest', yuan(60000), before(250), NULL
        FROM {villages()} WHERE {where("accountant owes", size)}"""


def planted(size: Size) -> list[Planted]:
    def one(model: str, wrong: str, who: int, grade: str, when: str = "") -> Planted:
        key = {"person_id": _official(who)} | ({} if model == _HIDDEN else _VILLAGE)
        return Planted(model, key, f"{villages()} WHERE {where(wrong, size)}", grade, story=wrong, when=when)

    def on_board(wrong: str, who: int) -> Planted:
        return Planted(_DOUBLE, {"person_id": _official(who)} | _VILLAGE, _board(wrong, size), "yellow", story=wrong)

    return [
        one(_HIDDEN, "secretary gambles", 0, "yellow", "before(69)"),
        Planted(_HIDDEN, {"person_id": _member_key("5")}, f"{villages()} WHERE {where('member convicted', size)}",
                "yellow", story="member convicted", when="before(154)"),
        one(_UNFIT, "head convicted", 1, "red", "before(900)"),
        one(_UNFIT, "under sanction", 3, "red", "before(200)"),
        one(_UNFIT, "deputy owes", 2, "red", "before(250)"),
        on_board("two posts", 6),
        on_board("son keeps the books", 5),
    ]  # fmt: skip


_VILLAGE = {"village_code": "village_code(v)"}


def look_alikes(size: Size) -> list[LookAlike]:
    def one(model: str, wrong: str, who: int, why: str) -> LookAlike:
        key = {"person_id": _official(who)} | ({} if model == _HIDDEN else _VILLAGE)
        return LookAlike(model, key, f"{villages()} WHERE {where(wrong, size)}", why)

    def on_board(wrong: str, why: str) -> LookAlike:
        return LookAlike(_DOUBLE, {"person_id": _official(6)} | _VILLAGE, _board(wrong, size), why)

    return [
        one(_HIDDEN, "being filed", 1, "the case is being filed"),
        one(_HIDDEN, "case followed", 1, "a case was filed within the month"),
        one(_UNFIT, "long ago", 1, "convicted longer ago than anybody asks"),
        one(_UNFIT, "debt paid", 2, "the debt is paid and the name off the list"),
        one(_UNFIT, "sanction over", 3, "the sanction has no effect any more"),
        one(_UNFIT, "accountant owes", 4, "the accountant is not elected"),
        on_board("brother keeps the books", "a brother keeps the books, which is farther than the rule reaches"),
        on_board("was accountant", "was accountant in the term before"),
    ]  # fmt: skip


def _board(wrong: str, size: Size) -> str:
    return f"{villages()} WHERE {schemes.here(wrong, size.village_every)}"
