"""What offices claim, what their cars drink, and what an institute pays out of research funds."""

from collections.abc import Mapping

from steelyard.synth.scale import schemes
from steelyard.synth.scale.blocks import Block, Blocks
from steelyard.synth.scale.bodies import COMMITTEE, INSTITUTE, county_body
from steelyard.synth.scale.companies import COUSIN, WIFE
from steelyard.synth.scale.people import FIRST_OFFICIAL
from steelyard.synth.scale.places import ORGS
from steelyard.synth.scale.size import COMPANIES, PERSONS, Size
from steelyard.synth.scale.table import LookAlike, Made, Planted, each, villages

CLAIMS = 10
"""Of a village's share of its county's offices, in a year."""
FILLS = 12
PAYMENTS = 4
CLAIMANT = 2470
"""Number within a village of the first of those who claim."""
SPIN_OFF = 340
RESEARCHER = SPIN_OFF * 2
"""Who leads a village's research project leads a company too, in every village."""
TANK = 60
"""Litres."""
_PLACES: Mapping[str, int] = {
    "numbers in a row": 0, "claimed twice": 5, "wife's restaurant": 10, "one evening": 15, "cousin's restaurant": 20,
    "filled twice": 25, "a long way": 30, "to the brim": 35, "own firm": 40, "fee to himself": 45,
    "labour of his own": 50, "small order": 55,
}  # fmt: skip
_CLAIM, _FUEL, _RESEARCH = (
    f"cross/{name}" for name in ("three-public-anomaly", "vehicle-fuel-overflow", "research-fund-flow")
)
_OFFICE = f"org_key(county_of(v) * 64 + v % {ORGS})"


def _firm(slot: str) -> str:
    return f"company_key(v * {COMPANIES} + {slot})"


def _person(number: str) -> str:
    return f"person_key(v * {PERSONS} + {number})"


def _in_a_row(start: int) -> str:
    return f"'FS' || lpad(CAST(v * 100 + {start} + i AS VARCHAR), 8, '0')"


CLAIMED = Blocks({
    "body": _OFFICE, "person": _person(str(CLAIMANT)), "category": "'reception'", "worth": "700 + 30 * i",
    "ago": "20 + 20 * i", "merchant": _firm("240"), "invoice": "'FD' || lpad(CAST(v * 100 + k AS VARCHAR), 8, '0')",
}, 20, {
    "numbers in a row": Block(4, {"merchant": _firm("241"), "invoice": _in_a_row(0)}),
    "claimed twice": Block(2, {"merchant": _firm("242"),
                               "invoice": "'FT' || lpad(CAST(v AS VARCHAR), 8, '0')"}),
    "wife's restaurant": Block(3, {"body": COMMITTEE, "person": _person(str(FIRST_OFFICIAL + 4)),
                                   "merchant": _firm(str(WIFE)), "invoice": _in_a_row(20) + " || '7'"}),
    "one evening": Block(3, {"merchant": _firm("243"), "ago": "50", "invoice": _in_a_row(40)}),
    "cousin's restaurant": Block(2, {"body": COMMITTEE, "person": _person(str(FIRST_OFFICIAL)),
                                     "merchant": _firm(str(COUSIN))}),
})  # fmt: skip
FILLED = Blocks({"ago": "40", "hour": "9 + i", "litres": "50", "worth": "390"}, 20, {
    "filled twice": Block(3, {"ago": "40 + 30 * (i // 2)", "hour": "9 + i % 2"}),
    "a long way": Block(3, {"hour": "6 + 5 * i"}),
    "to the brim": Block(1, {"litres": "66"}),
})  # fmt: skip
PAID = Blocks({"payee": _firm(str(SPIN_OFF)), "worth": "18000", "ago": "200 - 30 * i", "purpose": "'service'"}, 20, {
    "own firm": Block(3, {}),
    "fee to himself": Block(1, {"payee": _person(str(RESEARCHER)), "worth": "12000", "purpose": "'other'"}),
    "labour of his own": Block(2, {"payee": _person(str(RESEARCHER)), "purpose": "'labour'"}),
    "small order": Block(1, {"worth": "4800"}),
})  # fmt: skip


def tables(size: Size) -> list[Made]:
    return [_claim(size), _fuel(size), _research(size)]


def where(wrong: str, size: Size) -> str:
    return schemes.at(_PLACES[wrong], size.village_every)


def people_named(size: Size) -> str:
    """Who leads the projects and drives the cars of the wrongs: evidence names them too."""
    theirs = " OR ".join(where(wrong, size) for wrong in (*PAID, *FILLED))
    return f"SELECT v * {PERSONS} + n FROM {villages()}, (VALUES ({RESEARCHER}), ({CLAIMANT})) AS o(n) WHERE {theirs}"


def companies_named(size: Size) -> str:
    return f"SELECT v * {COMPANIES} + {SPIN_OFF} FROM {villages()} WHERE {where('own firm', size)}"


def _claim(size: Size) -> Made:
    """Every claim with an invoice of its own, from houses all over the village."""
    kinds = "['travel', 'reception', 'meeting', 'training', 'vehicle']"
    blocks = " UNION ALL ".join(CLAIMED.sql(wrong, where(wrong, size)) for wrong in CLAIMED)
    return Made(
        "expense_claim", CLAIMS + 0.3,
        f"""SELECT numbered('BX', v * 100 + k) AS claim_id, body AS org_id, person AS person_id, category,
            yuan(worth) AS amount, before(ago) AS claim_date, merchant AS merchant_id, invoice AS invoice_no
        FROM (SELECT v, n AS k, org_key(county_of(v) * 64 + pick(1561, id, {ORGS})) AS body,
                {_person(f"{CLAIMANT + 1} + pick(1562, id, 8)")} AS person, {kinds}[1 + pick(1563, id, 5)] AS category,
                200 + 10 * pick(1564, id, 150) AS worth, 3 + 34 * n + pick(1565, id, 30) AS ago,
                {_firm("250 + pick(1566, id, 60)")} AS merchant,
                'FP3' || lpad(CAST(id * 48271 % 99999989 AS VARCHAR), 8, '0') AS invoice FROM {each("n", CLAIMS)}
            UNION ALL {blocks})""",
    )  # fmt: skip


def _fuel(size: Size) -> Made:
    """A car a village; it is filled once a month, and never with more than it holds."""
    cars = " UNION ALL ".join(
        f"SELECT *, '{number}' AS letter FROM ({FILLED.sql(wrong, where(wrong, size))})"
        for number, wrong in enumerate(FILLED)
    )
    return Made(
        "gov_vehicle_fuel", FILLS + 0.1,
        f"""SELECT numbered('JY', v * 100 + k) AS record_id, '公' || letter || lpad(CAST(v AS VARCHAR), 5, '0')
                AS plate_no, numbered('YK', v) AS card_no, at_hour(before(ago), hour) AS time,
            CAST(litres AS DECIMAL(18, 6)) AS litres, CAST({TANK} AS DECIMAL(18, 6)) AS tank_capacity,
            yuan(worth) AS amount, {_OFFICE} AS org_id, {_person(str(CLAIMANT))} AS driver_id
        FROM (SELECT v, n AS k, 30 * n + pick(1567, id, 28) AS ago, 7 + pick(1568, id, 10) AS hour, litres,
                litres * 78 // 10 AS worth, 'A' AS letter
            FROM (SELECT *, 25 + pick(1569, id, 36) AS litres FROM {each("n", FILLS)})
            UNION ALL {cars})""",
    )  # fmt: skip


def _research(size: Size) -> Made:
    """Bought and ordered from firms of the village; a little of it is the researcher's own labour and travel."""
    purposes = "['purchase', 'service', 'labour', 'travel']"
    blocks = " UNION ALL ".join(PAID.sql(wrong, where(wrong, size)) for wrong in PAID)
    return Made(
        "research_fund", PAYMENTS + 0.2,
        f"""SELECT numbered('KJ', v * 100 + k) AS record_id, numbered('KT', v) AS project_no,
            {_person(str(RESEARCHER))} AS pi_person_id, {county_body(INSTITUTE)} AS org_id, payee AS payee_id,
            yuan(worth) AS amount, before(ago) AS pay_date, purpose
        FROM (SELECT v, n AS k, CASE WHEN n < 2 THEN {_firm("250 + pick(1571, id, 60)")}
                    ELSE {_person(str(RESEARCHER))} END AS payee,
                CASE n WHEN 3 THEN 300 + 100 * pick(1572, id, 9) ELSE 2000 + 100 * pick(1572, id, 300) END AS worth,
                10 + 80 * n + pick(1573, id, 70) AS ago, {purposes}[1 + n] AS purpose FROM {each("n", PAYMENTS)}
            UNION ALL {blocks})""",
    )  # fmt: skip


def planted(size: Size) -> list[Planted]:
    def claim(wrong: str, merchant: str, body: str = _OFFICE) -> Planted:
        return Planted(_CLAIM, {"org_id": body, "merchant_id": merchant}, _source(wrong, size), "yellow", story=wrong)

    own_fee = {"pi_person_id": _person(str(RESEARCHER)), "payee_id": _person(str(RESEARCHER))}
    return [
        claim("numbers in a row", _firm("241")),
        claim("claimed twice", _firm("242")),
        claim("wife's restaurant", _firm(str(WIFE)), COMMITTEE),
        Planted(_FUEL, {"plate_no": _plate("filled twice")}, _source("filled twice", size), "red", story="filled twice",
                when="before(70)"),
        Planted(_RESEARCH, _OWN_FIRM, _source("own firm", size), "red", story="own firm", when="before(200)"),
        Planted(_RESEARCH, own_fee, _source("fee to himself", size), "red", story="fee to himself",
                when="before(200)"),
    ]  # fmt: skip


_OWN_FIRM = {"pi_person_id": _person(str(RESEARCHER)), "payee_id": _firm(str(SPIN_OFF))}


def _plate(wrong: str) -> str:
    return f"'公{list(FILLED).index(wrong)}' || lpad(CAST(v AS VARCHAR), 5, '0')"


def look_alikes(size: Size) -> list[LookAlike]:
    def one(model: str, key: dict[str, str], wrong: str, why: str) -> LookAlike:
        return LookAlike(model, key, _source(wrong, size), why)

    cousin = {"org_id": COMMITTEE, "merchant_id": _firm(str(COUSIN))}
    labour = {"pi_person_id": _person(str(RESEARCHER)), "payee_id": _person(str(RESEARCHER))}
    return [
        one(_CLAIM, {"org_id": _OFFICE, "merchant_id": _firm("243")}, "one evening", "one evening on three invoices"),
        one(_CLAIM, cousin, "cousin's restaurant", "a cousin's, too far and not certain"),
        one(_FUEL, {"plate_no": _plate("a long way")}, "a long way", "filled up three times on one long way"),
        one(_FUEL, {"plate_no": _plate("to the brim")}, "to the brim", "a tank holds a little more than is written"),
        one(_RESEARCH, labour, "labour of his own", "labour that the project pays"),
        one(_RESEARCH, _OWN_FIRM, "small order", "an order below the amount that counts"),
    ]  # fmt: skip


def _source(wrong: str, size: Size) -> str:
    return f"{villages()} WHERE {where(wrong, size)}"
