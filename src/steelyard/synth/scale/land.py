"""Farmland: who holds it, what was declared and found on it, what the state paid for it and for taking it."""

from steelyard.synth.scale import schemes
from steelyard.synth.scale.leases import NO_INCOME
from steelyard.synth.scale.people import FIRST_OFFICIAL, relative
from steelyard.synth.scale.size import PERSONS, Size
from steelyard.synth.scale.table import LookAlike, Made, Planted, each, villages

FARMERS, FIRST_FARMER = 30, 2_400
"""Each holds the parcel of his number."""
TAKEN = 3
"""The first parcels: taken for a road; nobody declares crops on them."""
LET = 27
"""From this parcel on they are let to the farmer ten numbers below, who declares them."""
YEARS = 2
YEAR = "(year(before(0)) - 1)"
SURVEYOR, STRANGER = 2_198, 2_599
INFLATED, WAVED_THROUGH, WOODED, TWICE, SECOND_DECLARANT = 5, 6, 7, 8, 10
"""Parcels that the wrongs are about."""
RESERVE, LEASED, KIN_S, COUSIN_S, LARGE_HOUSE, HOUSE = range(100, 106)
"""Parcels that are contracted to no household: the village's, the second of them let, and what is built on."""
_PLACES = {
    "inflated": 1, "waved through": 6, "wooded": 11, "declared twice": 16, "reserve land": NO_INCOME,
    "reserve leased": 26, "measured large": 31, "stranger paid": 36, "paid twice": 41, "surveyor's kin": 46,
    "surveyor's cousin": 51, "large house": 56, "transfer": 3,
}  # fmt: skip
"""The reserve land is where the village books nothing from its land: elsewhere somebody could have paid for it."""
_CHILD, _LESSEE = relative(0, 1), relative(1, 1)
_ACCOUNTANT, _BOARD_MEMBER = FIRST_OFFICIAL + 4, FIRST_OFFICIAL + 5


def tables(size: Size) -> list[Made]:
    return [
        _contract(size), _transfer(), _declaration(size), _survey(size), _compensation(size), _homestead(),
    ]  # fmt: skip


def planted(size: Size) -> list[Planted]:
    def one(model: str, wrong: str, key: dict[str, str], grade: str) -> Planted:
        return Planted(f"village-subsidy/{model}", key, _where(wrong, size), grade, story=wrong)

    over, taken = "crop-area-overclaim", "compensation-anomaly"
    village = {"village_code": "village_code(v)"}
    return [
        one(over, "inflated", _declared_by(FIRST_FARMER + INFLATED), "yellow"),
        one(over, "waved through", _declared_by(FIRST_FARMER + WAVED_THROUGH), "red"),
        one(over, "wooded", _declared_by(FIRST_FARMER + WOODED), "yellow"),
        one(over, "declared twice", _declared_by(FIRST_FARMER + TWICE), "yellow"),
        one(over, "declared twice", _declared_by(FIRST_FARMER + SECOND_DECLARANT), "yellow"),
        one(over, "reserve land", _declared_by(_CHILD), "yellow"),
        one("collective-land-subsidy-private", "reserve land", _who(_CHILD) | village, "red"),
        one(taken, "measured large", _paid(0, FIRST_FARMER), "red"),
        one(taken, "stranger paid", _paid(1, STRANGER), "red"),
        one(taken, "paid twice", _paid(2, FIRST_FARMER + 2), "red"),
        one(taken, "surveyor's kin", _paid(KIN_S, relative(5, 3)), "red"),
        one(taken, "large house", _paid(LARGE_HOUSE, FIRST_FARMER + 3), "red"),
    ]  # fmt: skip


def look_alikes(size: Size) -> list[LookAlike]:
    def one(model: str, wrong: str, key: dict[str, str], why: str) -> LookAlike:
        return LookAlike(f"village-subsidy/{model}", key, _where(wrong, size), why)

    over, taken = "crop-area-overclaim", "compensation-anomaly"
    member = {"parcel_id": _parcel("1"), "person_id": f"person_key({_member_of(FIRST_FARMER + 1)})"}
    return [
        one("collective-land-subsidy-private", "reserve leased", _who(_LESSEE) | {"village_code": "village_code(v)"},
            "kin of the head, on reserve land under a registered lease"),
        one(over, "reserve leased", _declared_by(_LESSEE), "reserve land under a registered lease"),
        one(over, "transfer", _declared_by(FIRST_FARMER + LET - 10), "took over the neighbour's parcel by contract"),
        one(taken, "transfer", member, "the sum was collected by another of the household"),
        one(taken, "transfer", _paid(2, FIRST_FARMER + 2), "large attachments that no register counts"),
        one(taken, "surveyor's cousin", _paid(COUSIN_S, relative(5, 5)), "a cousin, and nobody is sure"),
    ]  # fmt: skip


def people_named(size: Size) -> str:
    """SQL: whom red findings name, and whom their evidence shows."""
    told = [
        ("waved through", FIRST_FARMER + WAVED_THROUGH), ("reserve land", _CHILD), ("stranger paid", STRANGER),
        ("surveyor's kin", relative(5, 3)), ("large house", FIRST_FARMER + 3),
    ]  # fmt: skip
    of_a_parcel = ("measured large", "stranger paid", "paid twice", "large house")
    taken = [(wrong, FIRST_FARMER - 2 + n) for wrong in of_a_parcel for n in range(8)]
    surveyed = [(wrong, SURVEYOR) for wrong in _PLACES]
    return " UNION ".join(
        f"SELECT v * {PERSONS} + {number} FROM {_where(wrong, size)}" for wrong, number in [*told, *taken, *surveyed]
    )


def payments(size: Size) -> str:
    """SQL: the subsidy by land, paid each August for the year, as the table of payments has it."""
    farmers = f"SELECT v, n, {FIRST_FARMER} + n AS who, {_area('n')} AS mu FROM {each('n', FARMERS)}"
    reserve = schemes.listed(
        "n, who", [(_PLACES["reserve land"], RESERVE, int(_CHILD)), (_PLACES["reserve leased"], LEASED, int(_LESSEE))],
        size.village_every,
    )  # fmt: skip
    return f"""SELECT numbered('FD', (v * 200 + n) * {YEARS} + back), 'farmland', person_key(v * {PERSONS} + who),
            yuan(100 * mu), make_date({YEAR} - back, 8, 15), '62170' || (v * {PERSONS} + who), village_code(v),
            'NT' || ({YEAR} - back), CAST(mu AS DECIMAL(18, 6)), NULL
        FROM ({farmers} UNION ALL SELECT v, n, who, 12 FROM {reserve}), range({YEARS}) AS y(back)"""


def disclosures() -> str:
    """SQL: the lists of who gets how much, shown for three weeks before the land subsidy is paid."""
    return f"""SELECT numbered('GN', v * {YEARS} + back) AS disclosure_id, village_code(v) AS village_code,
        'subsidy' AS matter_type, 'NT' || ({YEAR} - back) AS matter_id, 'village_affairs' AS category,
        make_date({YEAR} - back, 7, 24) AS publish_date, '村务公开栏' AS channel,
        make_date({YEAR} - back, 8, 15) AS end_date
        FROM {villages()}, range({YEARS}) AS y(back)"""


def _at(wrong: str, size: Size) -> str:
    return schemes.at(_PLACES[wrong], size.village_every)


def _where(wrong: str, size: Size) -> str:
    return f"{villages()} WHERE {_at(wrong, size)}"


def _who(number: int | str) -> dict[str, str]:
    return {"person_id": f"person_key(v * {PERSONS} + {number})"}


def _declared_by(number: int | str) -> dict[str, str]:
    return _who(number) | {"year": YEAR}


def _paid(parcel: int, number: int | str) -> dict[str, str]:
    return {"parcel_id": _parcel(str(parcel))} | _who(number)


def _member_of(number: int) -> str:
    """SQL: the number through the province of another of somebody's household."""
    who = f"(v * {PERSONS} + {number})"
    return f"({who} // 3 * 3 + ({who} + 1) % 3)"


def _parcel(n: str) -> str:
    return f"numbered('DK', v * 200 + {n})"


def _area(n: str) -> str:
    """SQL: mu of a parcel."""
    return f"(2 + 0.1 * pick(1250, v * 200 + {n}, 60))"


def _contract(size: Size) -> Made:
    """The second round of contracts, for thirty years; and a lease of reserve land that is registered."""
    number = f"v * {PERSONS} + {FIRST_FARMER} + n"
    return Made(
        "land_contract", FARMERS,
        f"""SELECT {_parcel("n")} AS parcel_id, numbered('H', ({number}) // 3) AS household_id,
            person_key({number}) AS person_id, CAST({_area("n")} AS DECIMAL(18, 6)) AS area,
            village_code(v) AS village_code, before(9000) AS from_date, before(-2000) AS to_date
        FROM {each("n", FARMERS)}
        UNION ALL SELECT {_parcel(str(LEASED))}, NULL, person_key(v * {PERSONS} + {_LESSEE}),
            CAST(12 AS DECIMAL(18, 6)), village_code(v), before(2500), NULL FROM {_where("reserve leased", size)}""",
    )  # fmt: skip


def _transfer() -> Made:
    return Made(
        "land_transfer", FARMERS - LET,
        f"""SELECT numbered('LZ', v * 200 + n) AS transfer_id, {_parcel("n")} AS parcel_id,
            village_code(v) AS village_code, person_key(v * {PERSONS} + {FIRST_FARMER} + n - 10) AS to_party_id,
            CAST({_area("n")} AS DECIMAL(18, 6)) AS area, yuan(300) AS rent, before(2400) AS start_date
        FROM {each("n", FARMERS)} WHERE n >= {LET}""",
    )  # fmt: skip


def _declaration(size: Size) -> Made:
    """Within a twentieth of what somebody holds or took over, for each of the last two whole years."""
    inflated = f"n = {INFLATED} AND {_at('inflated', size)} OR n = {WAVED_THROUGH} AND {_at('waved through', size)}"
    extra = schemes.listed("n, who", [
        (_PLACES["declared twice"], TWICE, FIRST_FARMER + SECOND_DECLARANT),
        (_PLACES["reserve land"], RESERVE, int(_CHILD)), (_PLACES["reserve leased"], LEASED, int(_LESSEE)),
    ], size.village_every)  # fmt: skip
    return Made(
        "crop_declaration", FARMERS * YEARS,
        f"""SELECT numbered('SB', id * {YEARS} + back) AS declare_id,
            person_key(v * {PERSONS} + {FIRST_FARMER} + n - CASE WHEN n >= {LET} THEN 10 ELSE 0 END) AS person_id,
            {_parcel("n")} AS parcel_id, {YEAR} - back AS year, '水稻' AS crop,
            CAST({_area("n")} * CASE WHEN back = 0 AND ({inflated}) THEN 1.6
                ELSE 0.9 + 0.01 * pick(1251, id * {YEARS} + back, 14) END AS DECIMAL(18, 6)) AS declared_area,
            person_key(v * {PERSONS} + CASE WHEN n = {WAVED_THROUGH} AND {_at("waved through", size)}
                THEN {_ACCOUNTANT} ELSE {SURVEYOR} END) AS surveyor_id
        FROM {each("n", FARMERS)}, range({YEARS}) AS y(back) WHERE n >= {TAKEN}
        UNION ALL SELECT numbered('SX', v * 200 + n), person_key(v * {PERSONS} + who), {_parcel("n")}, {YEAR}, '水稻',
            CAST(CASE WHEN n < {FARMERS} THEN {_area("n")} ELSE 12 END AS DECIMAL(18, 6)),
            person_key(v * {PERSONS} + {SURVEYOR}) FROM {extra}""",
    )  # fmt: skip


def _survey(size: Size) -> Made:
    """From the air each summer: what is planted is nearly what is declared."""
    return Made(
        "parcel_survey", FARMERS * YEARS,
        f"""SELECT {_parcel("n")} AS parcel_id, {YEAR} - back AS year,
            CASE WHEN back = 0 AND n = {WOODED} AND {_at("wooded", size)} THEN 'forest'
                ELSE ['paddy', 'dry', 'irrigated'][1 + n % 3] END AS land_class,
            CAST({_area("n")} * (0.96 + 0.01 * pick(1252, id * {YEARS} + back, 9)) AS DECIMAL(18, 6)) AS planted_area
        FROM {each("n", FARMERS)}, range({YEARS}) AS y(back) WHERE n >= {TAKEN}""",
    )  # fmt: skip


def _compensation(size: Size) -> Made:
    """For land and crops together, of one parcel in three to another of the household, of one for what stood on it."""
    twice = _at("paid twice", size)
    large = f"n = 0 AND {_at('measured large', size)}"
    payee = f"""CASE WHEN n = 1 AND {_at("stranger paid", size)} THEN v * {PERSONS} + {STRANGER}
        WHEN n = 1 THEN {_member_of(FIRST_FARMER + 1)} ELSE v * {PERSONS} + {FIRST_FARMER} + n END"""
    others = schemes.listed("n, who, kind, mu, measured", [
        (_PLACES["surveyor's kin"], KIN_S, int(relative(5, 3)), "land", 2, _BOARD_MEMBER),
        (_PLACES["surveyor's cousin"], COUSIN_S, int(relative(5, 5)), "land", 2, _BOARD_MEMBER),
        (_PLACES["large house"], LARGE_HOUSE, FIRST_FARMER + 3, "house", 180, SURVEYOR),
    ], size.village_every)  # fmt: skip
    return Made(
        "compensation", TAKEN * 3,
        f"""SELECT numbered('BC', id * 8 + k) AS comp_id, village_code(v) AS village_code,
            person_key({payee}) AS person_id, {_parcel("n")} AS parcel_id,
            ['land', 'crops', 'other', 'land'][1 + k] AS comp_type,
            CAST({_area("n")} * CASE WHEN {large} THEN 1.4 WHEN k = 2 THEN 20 ELSE 1 END AS DECIMAL(18, 6)) AS area,
            yuan(40000 + 1000 * pick(1253, id, 60)) AS amount, before(200 + pick(1254, id, 500)) AS pay_date,
            person_key(v * {PERSONS} + {SURVEYOR}) AS surveyor_id
        FROM {each("n", TAKEN)}, range(4) AS o(k) WHERE k < 2 OR n = 2 AND (k = 2 OR {twice})
        UNION ALL SELECT numbered('BD', v * 200 + n), village_code(v), person_key(v * {PERSONS} + who), {_parcel("n")},
            kind, CAST(mu AS DECIMAL(18, 6)), yuan(90000), before(330), person_key(v * {PERSONS} + measured)
        FROM (SELECT * FROM {others} UNION ALL SELECT v, {HOUSE}, {FIRST_FARMER} + 4, 'house', 125, {SURVEYOR}
            FROM {villages()})""",
    )  # fmt: skip


def _homestead() -> Made:
    return Made(
        "homestead", FARMERS,
        f"""SELECT numbered('ZJ', id) AS homestead_id, person_key(v * {PERSONS} + {FIRST_FARMER} + n) AS person_id,
            numbered('H', (v * {PERSONS} + {FIRST_FARMER} + n) // 3) AS household_id, village_code(v) AS village_code,
            CAST(120 AS DECIMAL(18, 6)) AS area, before(4000 + pick(1255, id, 3000)) AS approve_date,
            'approved' AS status
        FROM {each("n", FARMERS)}""",
    )  # fmt: skip
