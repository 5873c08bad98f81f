"""What stands written of later lettings, of what lies idle and of hills nobody lets: rows for the tables of villages.

The tables themselves are made by the nouns that have most of their rows.
"""

from steelyard.synth.scale import schemes
from steelyard.synth.scale.companies import MASS_ADDRESS
from steelyard.synth.scale.lettings import (
    NUMBER,
    TENANT_FIRM,
    here,
    lettings,
)
from steelyard.synth.scale.size import COMPANIES, PERSONS, Size
from steelyard.synth.scale.table import LookAlike, Made, Planted, villages

WORKSHOP = "son's workshop"
INSTALMENTS = 3
NO_INCOME, EARLY_INCOME = 19, 34
"""Places of the villages that book nothing for what is taken from their hills, and of one that did so last winter."""
SUBTENANTS = MASS_ADDRESS[0] + 1
"""The first of three companies that sit in a house somebody else leases: the hatchery."""
_SUBLETTERS = {"sublet for more": (8_000, "房屋租金"), "sublet at cost": (2_000, "房屋租金"),
               "let with service": (8_000, "物业服务费")}  # fmt: skip
"""What each of three subtenants is charged a year, and for what."""
_KEPT = {
    "hill": (60, None), "forest": (61, None), "small and idle": (62, None), "idle since summer": (63, None),
    "idle for months": (64, 13), "idle for years": (65, 12), "awaiting demolition": (66, 6), "quarry": (67, NO_INCOME),
}  # fmt: skip
"""What is not let: its number and, where only one village of sixty has it, the place."""


def tables(size: Size) -> list[Made]:
    return []


def planted(size: Size) -> list[Planted]:
    contract, asset = {"contract_id": "contract_id"}, {"asset_id": "asset_id"}

    def of(model: str, name: str, grade: str, key: dict[str, str] = contract, after: int = 0) -> Planted:
        """``after``: days from the signing to the day the model can speak."""
        when = f"before(signed - {after})"
        return Planted(f"village-asset/{model}", key, here(name, size), grade, story=name, when=when)

    def kept(model: str, name: str, grade: str, days: int) -> Planted:
        source = f"{villages()} WHERE {_at(_KEPT[name][1], size)}"
        return Planted(f"village-asset/{model}", {"asset_id": _kept_id(name)}, source, grade, story=name,
                       when=f"before({days})")  # fmt: skip

    return [
        of("cadre-related-lessee", WORKSHOP, "red"),
        of("no-open-trade", WORKSHOP, "yellow"),
        of("below-market-rent", WORKSHOP, "red"),
        of("contract-no-legal-review", WORKSHOP, "blue"),
        of("contract-no-disclosure", WORKSHOP, "blue", after=16),
        of("area-mismatch", "larger than let", "yellow", after=10),
        of("below-market-rent", "cheap shop", "yellow"),
        of("cadre-related-lessee", "wife's shop", "red"),
        of("rent-receivable-unpaid", "wife's shop", "red", after=41),
        of("contract-no-disclosure", "lease not shown", "blue", after=16),
        of("contract-no-legal-review", "reviewed afterwards", "yellow"),
        of("overlong-term", "reviewed afterwards", "yellow"),
        of("overlong-term", "let for thirty years", "red"),
        of("no-open-trade", "works without listing", "red"),
        of("no-open-trade", "lease to the loser", "yellow"),
        of("no-open-trade", "lease below the deal", "yellow"),
        of("reserve-price-manipulated", "reserve cut after failure", "yellow", asset),
        of("reserve-price-manipulated", "five days' listing", "red", asset),
        of("cadre-related-lessee", "five days' listing", "yellow"),
        of("reserve-price-manipulated", "always one bidder", "yellow", asset),
        of("sublease-profit", "sublet for more", "red"),
        of("unregistered-contract", "asset in no register", "yellow",
           {"village_code": "village_code(v)", "counterparty_id": "party"}),
        kept("asset-idle", "idle for months", "blue", 120),
        kept("asset-idle", "idle for years", "yellow", 420),
        *(
            Planted("village-asset/resource-extraction-unrecorded", {"asset_id": _kept_id(name)},
                    f"{villages()} WHERE {_at(NO_INCOME, size)}", "yellow", story="stone sold past the books")
            for name in ("hill", "forest", "quarry")
        ),
    ]  # fmt: skip


def look_alikes(size: Size) -> list[LookAlike]:
    contract, asset = {"contract_id": "contract_id"}, {"asset_id": "asset_id"}

    def of(model: str, name: str, why: str, key: dict[str, str] = contract) -> LookAlike:
        return LookAlike(f"village-asset/{model}", key, here(name, size), why)

    early = f"{villages()} WHERE {_at(EARLY_INCOME, size)}"
    demolition = f"{villages()} WHERE {_at(_KEPT['awaiting demolition'][1], size)}"
    return [
        of("area-mismatch", "let in two parts", "two tenants share the asset; their areas make it up"),
        of("area-mismatch", "old survey", "measured anew, the asset is eight hundredths larger"),
        LookAlike("village-asset/asset-idle", {"asset_id": _kept_id("awaiting demolition")}, demolition,
                  "withdrawn, for the house is to be torn down"),
        of("below-market-rent", "poor condition", "two fifths cheaper, for the roof leaks; above the half"),
        of("below-market-rent", "land let long ago", "cheap against today, agreed fourteen years ago"),
        of("overlong-term", "land let long ago", "land may be let for thirty years"),
        of("overlong-term", "five years to the day", "as long as may be and no day longer"),
        of("cadre-related-lessee", "cousin leases", "a cousin of whom nobody is sure"),
        of("cadre-related-lessee", "leased before office", "leased before the father was elected"),
        of("contract-no-disclosure", "signed last week", "the days to show it are not over"),
        of("contract-no-legal-review", "below the review", "a hundred yuan less than what must be reviewed"),
        of("no-open-trade", "too small to list", "too small for a listing"),
        of("no-open-trade", "dealt by the total", "the exchange states four years' rent, the contract one"),
        of("reserve-price-manipulated", "reserve cut a little", "a tenth less after nobody came", asset),
        of("reserve-price-manipulated", "market fell meanwhile", "listed again a quarter later, at lower prices",
           asset),
        of("reserve-price-manipulated", "nobody else came once", "one bidder, once", asset),
        LookAlike("village-asset/resource-extraction-unrecorded", {"asset_id": _kept_id("hill")}, early,
                  "timber was sold last winter and booked"),
        of("contract-expired-still-used", "ended last month", "the weeks to clear it are not over"),
        of("contract-expired-still-used", "listed again", "offered again two months ago; nobody has come"),
        of("sublease-profit", "sublet at cost", "what it cost and a fifth"),
        of("sublease-profit", "let with service", "not rent but guarding and cleaning"),
    ]  # fmt: skip


def _at(place: int | None, size: Size) -> str:
    return "true" if place is None else schemes.at(place, size.village_every)


def _kept_id(name: str) -> str:
    return f"numbered('ZY', v * 100 + {_KEPT[name][0]})"


def no_income(size: Size) -> str:
    """SQL: whether village ``v`` books nothing from its hills."""
    return _at(NO_INCOME, size)


def early_income(size: Size) -> str:
    """SQL: whether village ``v`` sold timber last winter and not since."""
    return _at(EARLY_INCOME, size)


def location(asset: str) -> str:
    """SQL: where the asset of this number in village ``v`` lies."""
    hatcheries = ", ".join(str(NUMBER[name]) for name in _SUBLETTERS)
    return f"""CASE WHEN {asset} IN ({hatcheries}) THEN place_name(v) || '路{MASS_ADDRESS[0]}号' || v
        ELSE place_name(v) || '村工业路' || {asset} || '号' END"""


def assets(size: Size) -> str:
    """SQL: rows of ``village_asset``: what is let, and what is not."""
    kinds = [
        ("hill", "'hill'", "80 + pick(1306, v, 400)", 4_000, "'self_used'", "NULL"),
        ("forest", "'forest'", "60 + pick(1307, v, 300)", 4_000, "'self_used'", "NULL"),
        ("small and idle", "'building'", "60", 8_000, "'idle'", "before(400)"),
        ("idle since summer", "'factory'", "900", 120_000, "'idle'", "before(100)"),
        ("idle for months", "'building'", "300", 90_000, "'idle'", "before(300)"),
        ("idle for years", "'factory'", "1200", 200_000, "'idle'", "before(600)"),
        ("awaiting demolition", "'building'", "700", 60_000, "'withdrawn'", "before(600)"),
        ("quarry", "'quarry'", "40", 4_000, "'self_used'", "NULL"),
    ]
    kept = " ".join(
        f"""UNION ALL BY NAME SELECT {_kept_id(name)} AS asset_id, village_code(v) AS village_code,
            {kind} AS asset_type, CAST({area} AS DECIMAL(18, 6)) AS area, {location(str(_KEPT[name][0]))} AS location,
            yuan({value} * 2) AS original_value, yuan({value}) AS net_value, {use} AS use_status,
            CAST({since} AS DATE) AS idle_since, before(2800) AS registered_date
        FROM {villages()} WHERE {_at(_KEPT[name][1], size)}"""
        for name, kind, area, value, use, since in kinds
    )
    return f"""SELECT asset_id, village_code(v) AS village_code, kind AS asset_type,
            CAST(area * measured AS DECIMAL(18, 6)) AS area, {location("k")} AS location,
            yuan(rent * 30) AS original_value, yuan(rent * 20) AS net_value, 'leased' AS use_status,
            before(2800) AS registered_date
        FROM {lettings(size)} WHERE measured IS NOT NULL {kept}"""


def _trade_id(which: int) -> str:
    """SQL: 0: the number of the trade a letting comes from, 1: of the listing before it."""
    return f"numbered('JZ', (v * 100 + k) * 2 + {which})"


def contracts(size: Size) -> str:
    """SQL: rows of ``village_contract``."""
    start = "before(signed - 10)"
    return f"""SELECT contract_id, village_code(v) AS village_code, asset_id, contract_type, party AS party_id,
            before(signed) AS sign_date, {start} AS start_date, CAST({start} + to_years(CAST(years AS INTEGER)) AS DATE)
                AS end_date,
            yuan(rent * years) AS total_amount, yuan(rent) AS annual_rent, area,
            CASE WHEN traded THEN {_trade_id(0)} END AS trade_id, before(signed + reviewed) AS legal_review_date,
            'active' AS status
        FROM {lettings(size)}"""


def trades(size: Size) -> str:
    """SQL: rows of ``rural_trade``: the listing a letting comes from and, where there was one, that before or after."""
    winner = f"CASE WHEN other_won THEN person_key(v * {PERSONS} + 1999) ELSE party END"
    return f"""SELECT {_trade_id(0)} AS trade_id, village_code(v) AS village_code, asset_id,
            before(signed + 40) AS listing_date, before(signed + 40 - listed) AS listing_end,
            yuan(rent * deal * reserve) AS reserve_price, yuan(rent * deal) AS deal_price, {winner} AS winner_id,
            bidders AS bidder_count, 'listing' AS method, before(signed + 22) AS deal_date
        FROM {lettings(size)} WHERE traded
        UNION ALL SELECT {_trade_id(1)}, village_code(v), asset_id, before(signed + 55 + before),
            before(signed + 40 + before), yuan(rent * before_reserve),
            CASE WHEN before_won THEN yuan(rent * before_reserve) END,
            CASE WHEN before_won THEN person_key(v * {PERSONS} + 1998) END, CASE WHEN before_won THEN 1 ELSE 0 END,
            'listing', CASE WHEN before_won THEN before(signed + 38 + before) END
        FROM {lettings(size)} WHERE before IS NOT NULL
        UNION ALL SELECT numbered('JA', v * 100 + k), village_code(v), asset_id, before(60), before(45),
            yuan(rent * 0.85), NULL, NULL, 0, 'listing', NULL FROM {lettings(size)} WHERE again"""


def instalments(size: Size) -> str:
    """SQL: the last rents that fell due: columns of ``lettings``, ``p`` (0 the latest) and ``ago``, days since."""
    begun = "(signed - 10)"
    return f"""(SELECT *, {begun} % 365 + 365 * p AS ago FROM {lettings(size)}, range({INSTALMENTS}) AS i(p)
        WHERE {begun} % 365 + 365 * p BETWEEN {begun} - 365 * years + 5 AND {begun})"""


def receivables(size: Size) -> str:
    """SQL: rows of ``rent_receivable``."""
    return f"""SELECT contract_id, village_code(v) AS village_code, before(ago) AS due_date, yuan(rent) AS amount_due
        FROM {instalments(size)}"""


def paid(size: Size) -> str:
    """SQL: the rents that were paid, within three weeks of the day, as ``villages.paid_instalments`` has them."""
    return f"""SELECT v, 400 + k * 4 + p AS k, contract_id, numbered('SL', (v * 100 + k) * 4 + p) AS receipt_id,
            party AS payer, ago - pick(1305, (v * 100 + k) * 4 + p, 22) AS paid, yuan(rent) AS amount
        FROM {instalments(size)} WHERE NOT owed"""


def disclosures(size: Size) -> str:
    """SQL: rows of ``village_disclosure``: later contracts, five days after they were signed."""
    return f"""SELECT numbered('GZ', v * 100 + k), village_code(v), 'contract', contract_id, 'village_affairs',
            before(signed - 5), '村务公开栏' FROM {lettings(size)} WHERE shown"""


def sublet(size: Size) -> str:
    """SQL: subtenants: ``v``, ``s`` (the company), ``k`` (the letting), ``j`` (0 to 2), ``amount``, ``item``."""
    rows = ", ".join(f"({NUMBER[name]}, {amount}, '{item}')" for name, (amount, item) in _SUBLETTERS.items())
    return f"""(SELECT v, k, j, {SUBTENANTS} + j AS s, amount, item FROM {lettings(size)}
        JOIN (VALUES {rows}) AS c(k, amount, item) USING (k), range(3) AS o(j))"""


def invoices(size: Size) -> str:
    """SQL: rows of ``invoice``: what subtenants are charged."""
    return f"""SELECT numbered('FZ', (v * 100 + k) * 4 + j), company_key(v * {COMPANIES} + {TENANT_FIRM}),
            company_key(v * {COMPANIES} + s), yuan(amount), before(40 + 90 * j), item, 'normal'
        FROM {sublet(size)}"""


def companies_named(size: Size) -> str:
    """SQL: the son's firm, where it got the workshop, and subtenants."""
    return f"""SELECT v * {COMPANIES} + company FROM {here(WORKSHOP, size)}
        UNION SELECT v * {COMPANIES} + s FROM {sublet(size)}"""
