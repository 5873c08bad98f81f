"""How alerts are handled wrongly: late, for show, without the money, or until it happens again; and what only looks so.

Each pattern is a block of alerts in villages of its own, written as the columns in which it differs from the usual.
"""

from collections.abc import Mapping

from steelyard.synth.scale import schemes
from steelyard.synth.scale.blocks import Block, Blocks
from steelyard.synth.scale.bodies import (
    COMMITTEE,
    HANDLERS,
    STATIONS,
    TOWN_BODY,
    county_reviewer,
    station,
    station_staff,
    town_handler,
)
from steelyard.synth.scale.people import FIRST_OFFICIAL
from steelyard.synth.scale.size import PERSONS, Size
from steelyard.synth.scale.table import LookAlike, Planted, villages

NUMBERS = 1_000
"""Of alerts a village may have; the first hundred are ordinary."""
MODELS = (
    "village-asset/rent-receivable-unpaid", "village-asset/no-open-trade", "village-asset/overlong-term",
    "village-asset/area-mismatch", "village-fund/late-accounting", "village-fund/large-cash",
    "village-fund/hospitality-expense", "village-fund/special-fund-diverted", "village-labour/rate-above-standard",
    "village-labour/no-disclosure-labour", "village-labour/same-day-double-work", "village-labour/cadre-double-pay",
    "village-procurement/split-purchase", "village-procurement/price-above-market",
    "village-procurement/fake-quotes", "village-procurement/abnormal-frequency",
    "village-project/split-below-threshold", "village-project/audit-cut-large",
    "village-project/start-before-approval", "village-project/change-over-limit", "village-seal/off-site-seal",
    "village-seal/no-archive", "village-subsidy/dead-recipient", "village-subsidy/duplicate-exclusive",
)  # fmt: skip
"""In turn, so that no village has two of a model; of those at even places many are true and a proposal lies open."""
LOOPHOLE, LOOPHOLE_CLOSED = "village-fund/fund-to-private", "village-seal/keeper-conflict"
LOOPHOLE_ANSWERED = "village-subsidy/crop-area-overclaim"
UNTRUE, SILENT = "village-subsidy/asset-rich-lowincome", "village-labour/dead-or-jailed-worker"
SURGING, NEW_POLICY = "village-fund/white-slip", "village-project/no-democratic-decision"
_RENT, _TERM = MODELS[0], MODELS[2]
_PLACES: Mapping[str, int] = {
    **STATIONS,
    "silent model": 1, "surging model": 6, "new policy": 11, "money not back": 16, "small rest": 21,
    "done again": 26, "same matter": 31, "long after": 36, "loophole": 41, "loophole again": 46,
    "loophole answered": 51,
}  # fmt: skip
_ONCE = frozenset({"untrue model", "silent model", "surging model", "new policy"})
"""What a model does it does in the whole province: one village has it all."""


def model(place: str) -> str:
    """SQL: the model at a place of ``MODELS``."""
    return "[" + ", ".join(f"'{name}'" for name in MODELS) + f"][1 + ({place}) % {len(MODELS)}]"


def _official(n: str) -> str:
    return f"person_key(v * {PERSONS} + {FIRST_OFFICIAL} + ({n}))"


_NOTHING = "CAST(NULL AS DECIMAL(18, 2))"
_USUAL: Mapping[str, str] = {
    "model_id": model("k"), "ago": "60", "grade": "'yellow'", "result": "'partly'", "body": TOWN_BODY,
    "handler": town_handler(f"k % {HANDLERS}"), "reviewer": county_reviewer(f"k % {HANDLERS}"), "replied_in": "5",
    "reviewed_in": "4", "amount": _NOTHING, "area": "village_code(v)", "org": COMMITTEE, "subject": COMMITTEE,
    "matter": f"numbered('SX', v * {NUMBERS} + k)", "reopened": "0", "at_once": "false", "rectified": "false",
    "recovered": _NOTHING,
}  # fmt: skip
"""Columns of an alert as ``alerts.handled`` has them."""


def _at(wrong: str, n: str = "0", **columns: str) -> dict[str, str]:
    """Columns of what a station handles."""
    return {"body": station(wrong), "handler": station_staff(wrong, n), **columns}


def _late(which: str) -> str:
    """SQL: days to the answer where those ``which`` says come too late, or never."""
    return f"CASE WHEN NOT ({which}) THEN 5 WHEN i < 2 THEN 1000 ELSE 14 END"


_TRUE = {"result": "'true'"}
_QUARTER = {"ago": "15 + 5 * i"}
_HALF_YEAR = {"ago": "[20, 100, 120, 140, 160, 150][1 + i]", "subject": _official("i"), **_TRUE}
BLOCKS = Blocks(_USUAL, 100, {
    "untrue model": Block(20, _at("untrue model", "i % 2", model_id=f"'{UNTRUE}'", ago="12 + 4 * i", grade="'red'",
                                  result="CASE WHEN i = 7 THEN 'partly' ELSE 'false' END")),
    "silent model": Block(84, {"model_id": f"'{SILENT}'", "ago": "95 + 4 * i", "grade": "'blue'"}),
    "surging model": Block(54, {"model_id": f"'{SURGING}'", "grade": "'blue'",
                                "ago": "CASE WHEN i < 30 THEN 3 + i * 85 // 30 ELSE 14 * i - 320 END"}),
    "new policy": Block(42, {"model_id": f"'{NEW_POLICY}'", "grade": "'blue'",
                             "ago": "CASE WHEN i < 18 THEN 3 + 4 * i ELSE 14 * i - 152 END"}),
    "overdue body": Block(12, _at("overdue body", replied_in=_late("i < 5"), **_QUARTER)),
    "slow body": Block(12, _at("slow body", replied_in=_late("i IN (2, 3)"), **_QUARTER)),
    "one answer late": Block(12, _at("one answer late", replied_in=_late("i = 6"), **_QUARTER)),
    "money not back": Block(2, {"model_id": f"'{_RENT}'", "ago": "120", "amount": "yuan(86400)", **_TRUE,
                                "area": "CASE i WHEN 0 THEN village_code(v) ELSE town_code(v) END",
                                "subject": _official("4"),
                                "recovered": f"CASE i WHEN 0 THEN {_NOTHING} ELSE yuan(20000) END"}),
    "small rest": Block(1, {"model_id": f"'{_RENT}'", "ago": "120", "amount": "yuan(86400)", "area": "town_code(v)",
                            "subject": _official("4"), "recovered": "yuan(86340)", **_TRUE}),
    "done again": Block(2, {"model_id": f"'{_TERM}'", "ago": "170 - 110 * i", "rectified": "true", **_TRUE}),
    "same matter": Block(2, {"model_id": f"'{_TERM}'", "ago": "170 - 110 * i", "rectified": "true", **_TRUE,
                             "subject": _official("1"), "matter": f"numbered('SX', v * {NUMBERS})"}),
    "long after": Block(2, {"model_id": f"'{_TERM}'", "ago": "400 - 340 * i", "rectified": "true", **_TRUE,
                            "subject": _official("1")}),
    "loophole": Block(5, {"model_id": f"'{LOOPHOLE}'", **_HALF_YEAR}),
    "loophole again": Block(5, {"model_id": f"'{LOOPHOLE_CLOSED}'", **_HALF_YEAR}),
    "loophole answered": Block(6, {"model_id": f"'{LOOPHOLE_ANSWERED}'", **_HALF_YEAR}),
    "own review": Block(1, _at("own review", grade="'red'", ago="30", reviewer=station_staff("own review"))),
    "all denied": Block(12, _at("all denied", grade="'red'", ago="40 + 25 * i", model_id=model("2 * i"),
                                result="'false'", reopened="CASE i WHEN 3 THEN 1 ELSE 0 END")),
    "answered at once": Block(10, _at("answered at once", grade="'red'", ago="30 + 20 * i", at_once="i < 6",
                                      model_id=model("2 * i + 1"))),
    "nine denied": Block(9, _at("nine denied", grade="'red'", ago="40 + 25 * i", model_id=model("2 * i + 1"),
                                result="'false'")),
})  # fmt: skip


def where(wrong: str, size: Size) -> str:
    """SQL: whether the village ``v`` has a block."""
    if wrong in _ONCE:
        return f"v = {_PLACES[wrong] * size.village_every // 60}"
    return schemes.at(_PLACES[wrong], size.village_every)


def block(wrong: str, size: Size) -> str:
    """SQL: the alerts of a block."""
    return BLOCKS.sql(wrong, where(wrong, size))


def planted(size: Size) -> list[Planted]:
    def one(model_id: str, key: dict[str, str], wrong: str, grade: str, more: str = "") -> Planted:
        return Planted(f"governance/{model_id}", key, _source(wrong, size, more), grade, story=wrong)

    stamp, recovery, gap = "rubber-stamp-review", "recovery-gap", "repeat-alert-loophole"
    term = {"model_id": f"'{_TERM}'", "subject_id": COMMITTEE}
    return [
        one("model-drift", {"model_id": f"'{UNTRUE}'"}, "untrue model", "yellow"),
        one("model-drift", {"model_id": f"'{SILENT}'"}, "silent model", "blue"),
        one("model-drift", {"model_id": f"'{SURGING}'"}, "surging model", "blue"),
        one("overdue-handling-org", {"assigned_org_id": station("overdue body")}, "overdue body", "yellow"),
        one("overdue-handling-org", {"assigned_org_id": station("slow body")}, "slow body", "blue"),
        one(recovery, {"alert_id": _alert("money not back", "n")}, "money not back", "yellow", ", range(2) AS o(n)"),
        one("recurrence-after-rectification", term, "done again", "red"),
        _of_county(gap, LOOPHOLE, "loophole", "yellow", size),
        _of_county(gap, LOOPHOLE_CLOSED, "loophole again", "red", size),
        one(stamp, _desk("own review"), "own review", "yellow"),
        one(stamp, _desk("all denied"), "all denied", "red"),
        one(stamp, _desk("answered at once"), "answered at once", "yellow"),
    ]  # fmt: skip


def look_alikes(size: Size) -> list[LookAlike]:
    def one(model_id: str, key: dict[str, str], wrong: str, why: str, more: str = "") -> LookAlike:
        return LookAlike(f"governance/{model_id}", key, _source(wrong, size, more), why)

    again = "recurrence-after-rectification"
    term = {"model_id": f"'{_TERM}'", "subject_id": _official("1")}
    answered = {"model_id": f"'{LOOPHOLE_ANSWERED}'", "area_code": "county_code(county_of(v))"}
    return [
        one("model-drift", {"model_id": f"'{NEW_POLICY}'"}, "new policy", "a new rule brings three times as many"),
        one("overdue-handling-org", {"assigned_org_id": station("one answer late")}, "one answer late",
            "one of twelve answers came late when the post changed hands"),
        one("recovery-gap", {"alert_id": _alert("small rest", "0")}, "small rest", "all but bank charges came back"),
        one(again, term, "same matter", "the same matter was raised twice"),
        one(again, term, "long after", "it happened again only when the watch was over"),
        one("repeat-alert-loophole", answered, "loophole answered", "a proposal to close the gap lies open"),
        one("rubber-stamp-review", _desk("nine denied"), "nine denied", "nine are too few to judge anybody by"),
        one("rubber-stamp-review", _desk("untrue model", "n"), "untrue model", "its model is wrong, all deny it",
            ", range(2) AS o(n)"),
    ]  # fmt: skip


def _source(wrong: str, size: Size, more: str = "") -> str:
    return f"{villages()}{more} WHERE {where(wrong, size)}"


def _desk(wrong: str, n: str = "0") -> dict[str, str]:
    return {"assigned_org_id": station(wrong), "handler_id": station_staff(wrong, n)}


def _alert(wrong: str, n: str) -> str:
    return f"numbered('YJ', v * {NUMBERS} + {BLOCKS.first(wrong)} + {n})"


def _of_county(model_id: str, about: str, wrong: str, grade: str, size: Size) -> Planted:
    """What several villages of a county show together is found once."""
    counties = f"(SELECT DISTINCT county_code(county_of(v)) AS area FROM {_source(wrong, size)})"
    return Planted(f"governance/{model_id}", {"model_id": f"'{about}'", "area_code": "area"}, counties, grade,
                   story=wrong)  # fmt: skip
