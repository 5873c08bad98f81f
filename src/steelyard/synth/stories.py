"""The four published stories, with their figures, among made-up people and places."""

import datetime as dt
from typing import Any

from steelyard.synth.cast import HOULING, WULONG
from steelyard.synth.county import County
from steelyard.synth.enterprises import Court, Enterprises
from steelyard.synth.firms import Firm
from steelyard.synth.ledger import Yuan
from steelyard.synth.places import Village
from steelyard.synth.truth import Key
from steelyard.synth.villages.daily import Petitions
from steelyard.synth.villages.leases import Estate, years_later
from steelyard.synth.villages.works import Works
from steelyard.synth.wrongs import contracts, employers, rents, suppliers

FIVE_CONTRACTS = (
    (dt.date(2017, 11, 10), 32_000_000),
    (dt.date(2018, 2, 1), 28_000_000),
    (dt.date(2018, 5, 3), 26_000_000),
    (dt.date(2018, 8, 1), 24_000_000),
    (dt.date(2018, 11, 20), 22_050_000),
)
"""Day of signing and amount in fen: together 1,320,500 yuan."""
FIRM_NAME = "清源县石桥（五龙）建筑工程有限公司"
OTHER_WRITINGS = {1: "清源县石桥(五龙)建筑工程有限公司", 3: "清源县石桥（五龙） 建筑工程有限公司"}


def _village(county: County, code: str) -> Village:
    return next(village for village in county.places.villages if village.code == code)


def former_employer(county: County, works: Works) -> dict[str, Any]:
    """Li was insured by the firm of his brother-in-law Lu; as secretary he gives it five projects of the village."""
    li, lu = county.cast["li"], county.cast["lu"]
    firm = county.firms.found("village", name=FIRM_NAME, legal_rep=lu, since=dt.date(2009, 4, 16))
    county.work.insure(li, firm, dt.date(2013, 1, 1), dt.date(2015, 6, 1))
    village = _village(county, WULONG)
    projects = [
        works.build(village, firm, signed, fen, written=OTHER_WRITINGS.get(number), method="direct")
        for number, (signed, fen) in enumerate(FIVE_CONTRACTS)
    ]
    county.truth.expect(
        employers.MODEL,
        {"contractor_id": firm, "person_id": li},
        "red",
        story="story 1: the former employer",
        when=FIVE_CONTRACTS[0][0],
    )
    contracts.expect_of_many(county, village, firm, "story 1: the former employer")
    contracts.expect_of_kin(county, village, firm, "story 1: the former employer", [day for day, _ in FIVE_CONTRACTS])
    return {
        "model": employers.MODEL,
        "person": li.number,
        "firm": _firm(firm),
        "projects": projects,
        "total": "1320500.00",
    }


def barren_hill(county: County, estate: Estate, petitions: Petitions) -> dict[str, Any]:
    """The contract of the hill ran out with the old committee; nobody listed it, a villager asks."""
    village, xu = _village(county, HOULING), county.cast["xu"]
    end = county.ago(440)
    hill = estate.own(village, "hill", "idle", name="后岭村后山荒山120亩", since=end)
    start = years_later(end + dt.timedelta(days=1), -5)
    lease = estate.let(
        village, hill, "hill", estate.stranger(village), start, 5, 5_000_000, listed=False, published=False
    )
    estate.pay_as_agreed(lease)
    filed = dt.datetime.combine(county.ago(3), dt.time(19, 42))
    appeal = petitions.file(HOULING, xu, "asset", filed, matter=lease.number)
    county.truth.expect(
        rents.EXPIRED,
        {"contract_id": lease.number},
        "yellow",
        story="story 2: the hill nobody could find",
        when=lease.end,
    )
    county.truth.expect(
        rents.UNLISTED, {"contract_id": lease.number}, "yellow", story="story 2: the hill nobody could find", when=start
    )
    return {
        "model": rents.EXPIRED, "contract": lease.number, "asset": hill, "annual_rent": "50000.00",
        "end_date": lease.end.isoformat(), "appeal": appeal,
    }  # fmt: skip


def unpaid_factory(county: County, estate: Estate) -> dict[str, Any]:
    """Three leases of Wulong, one of them a factory whose tenant never paid."""
    village = _village(county, WULONG)
    tenant = county.firms.found("factory", name="清源县永固五金机械有限公司")
    told = []
    for kind, name, rent, years in (
        ("factory", "五龙村工业小区1号厂房", 42_500_000, 3),
        ("shop", "五龙村沿街店面6间", 16_000_000, 2),
        ("building", "五龙村老校舍", 10_925_000, 2),
    ):
        asset = estate.own(village, kind, "leased", name=name)
        start = years_later(county.ago(110 if kind == "factory" else 150), 1 - years)
        party = tenant if kind == "factory" else estate.stranger(village)
        lease = estate.let(village, asset, kind, party, start, 5, rent, listed=False)
        county.truth.expect(
            rents.UNPAID, {"contract_id": lease.number}, "red", story="story 3: rent due, not paid", when=start
        )
        county.truth.expect(
            rents.UNLISTED, {"contract_id": lease.number}, "red", story="story 3: rent due, not paid", when=start
        )
        told.append({"contract": lease.number, "overdue": str(Yuan(rent * years)), "since": start.isoformat()})
    return {"model": rents.UNPAID, "leases": told, "recoverable": "1813500.00", "tenant": _firm(tenant)}


def defendant_suppliers(county: County, enterprises: Enterprises, court: Court) -> dict[str, Any]:
    """A carrier and a labour firm win six purchases of Henghua while creditors sue them."""
    buyer = enterprises.henghua
    carrier = county.firms.found("logistics", name="衡州市捷运达物流有限公司")
    labour = county.firms.found("sub", name="衡州市鼎力建筑劳务有限公司")
    creditor = enterprises.debtors[3]
    purchases = []
    for supplier, item, count in ((carrier, "原料运输", 4), (labour, "检修劳务", 2)):
        for number in range(count):
            awarded = county.ago(150 + 90 * number)
            fen = 86_000_000 + number * 4_000_000
            purchases.append(enterprises.buy(buyer, supplier, awarded, fen, item=item, months=14))
        key: Key = {"company_id": buyer, "supplier_id": supplier}
        county.truth.expect(
            suppliers.MODEL, key, "yellow", story="story 4: suppliers before the court", when=county.ago(150)
        )
    cases = [
        court.sue(creditor, carrier, county.ago(260), 18_000_000, "sales_contract", "open"),
        court.sue(creditor, carrier, county.ago(190), 9_500_000, "private_loan", "judged"),
        court.sue(creditor, labour, county.ago(210), 15_000_000, "labour_group", "open"),
    ]
    return {
        "model": suppliers.MODEL, "buyer": _firm(buyer), "suppliers": [_firm(carrier), _firm(labour)],
        "purchases": purchases, "cases": cases,
    }  # fmt: skip


def _firm(firm: Firm) -> dict[str, str]:
    return {"code": firm.number, "name": firm.name}
