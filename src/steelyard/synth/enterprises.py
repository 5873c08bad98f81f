"""State-owned enterprises of city and county, what they buy, and the courts' books."""

import datetime as dt

from steelyard.synth.county import County
from steelyard.synth.firms import Firm
from steelyard.synth.ledger import Subject, Yuan
from steelyard.synth.places import CITY, CITY_NAME, COUNTY, COUNTY_NAME

SERVED = 26
"""Purchases of each enterprise in four years."""
COUNTY_FIRMS = (
    "水务",
    "城投",
    "交投",
    "文旅",
    "粮食储备",
    "公交",
    "燃气",
    "国有资产经营",
    "农业发展",
    "环境能源",
    "商贸",
    "医药",
)
HOLDING = "国有资产经营"
"""The county's own holding: the other enterprises of the county are of its group."""
BOUGHT = ("原料运输", "设备检修", "劳务外包", "办公用品", "劳保用品", "五金备件", "化工辅料", "信息系统维护")
PRICES = [20_000 + 7_500 * place for place in range(40)]
"""Fen for one piece, by item code: who buys the same pays about the same."""
CAUSES = ("sales_contract", "works_contract", "private_loan", "labour_group")
CASES = 900


class Enterprises:
    """The enterprises and the books of their purchases."""

    def __init__(self, county: County) -> None:
        self._county = county
        self._chance = county.chance("enterprises")
        self._purchases = 0
        self.henghua_group = self._found("衡化集团有限公司", CITY, None, "化工投资")
        self.henghua = self._found("衡化集团化学科技有限公司", CITY, self.henghua_group, "化工新材料")
        self.all = [self.henghua]
        self.all += [self._found(f"{CITY_NAME}{word}集团有限公司", CITY, None, word) for word in ("交通投资", "能源")]
        self.all += [self._found(f"{COUNTY_NAME}{word}有限公司", COUNTY, None, word) for word in COUNTY_FIRMS]
        self._group(self.all[-len(COUNTY_FIRMS) :])
        factories = county.firms.of_kind("factory")
        self.suppliers = [*county.firms.of_kind("logistics", "goods"), *factories[:250]]
        self.debtors = factories[250:]

    def _found(self, name: str, area: str, parent: Firm | None, business: str) -> Firm:
        county = self._county
        firm = county.firms.found("soe", name=name)
        firm.area, firm.company_type = area, "state_owned"
        keeper = county.places.body("state_assets", area)
        county.ledger.enter(
            "soe_org", company_id=firm, parent_company_id=parent, level="city" if area == CITY else "county",
            sasac_org_id=keeper, main_business=business,
        )  # fmt: skip
        county.ledger.enter(
            "org", org_id=firm, name=firm.name, org_type="soe", level="city" if area == CITY else "county",
            area_code=area, parent_org_id=parent or keeper,
        )  # fmt: skip
        for _ in range(6):
            firm.staff.append(county.people.next_worker())
        return firm

    def _group(self, local: list[Firm]) -> None:
        """The county's holding owns the other enterprises of the county."""
        holding = local[COUNTY_FIRMS.index(HOLDING)]
        for row in self._county.ledger.rows["soe_org"]:
            if row["company_id"] in local and row["company_id"] != holding:
                row["parent_company_id"] = holding

    def buy(
        self, buyer: Firm, supplier: Firm, awarded: dt.date, fen: int, *, item: str | None = None, months: int = 12
    ) -> str:
        """An enterprise buys and signs; returns the number of the purchase."""
        chance, county = self._chance, self._county
        self._purchases += 1
        number = f"GQCG{awarded.year}{self._purchases:05d}"
        code = chance.number(1, len(PRICES))
        qty = max(1, round(fen / PRICES[code - 1]))
        item = item or chance.one(BOUGHT)
        county.ledger.enter(
            "soe_purchase",
            purchase_id=number,
            company_id=buyer,
            method=chance.one(("open", "open", "quote", "negotiated")),
            item_code=f"GQ{code:02d}",
            item_name=item,
            qty=str(qty),
            budget=Yuan(fen * 108 // 100),
            award_amount=Yuan(fen),
            unit_price=Yuan(fen // qty),
            supplier_id=supplier,
            bidder_count=chance.number(3, 7),
            announce_date=awarded - dt.timedelta(days=chance.number(22, 40)),
            award_date=awarded,
            requester_id=buyer.staff[0],
            approver_id=buyer.staff[1],
        )
        signed = awarded + dt.timedelta(days=chance.number(5, 20))
        county.ledger.enter(
            "soe_contract",
            contract_id=f"GQHT{awarded.year}{self._purchases:05d}",
            company_id=buyer,
            purchase_id=number,
            counterparty_id=supplier,
            contract_type="service",
            amount=Yuan(fen),
            sign_date=signed,
            start_date=signed,
            end_date=signed + dt.timedelta(days=30 * months),
        )
        return number

    def ordinary(self) -> None:
        """What is bought in four years, from suppliers no court knows as debtors."""
        chance = self._chance
        for buyer in self.all:
            for _ in range(SERVED):
                fen = chance.number(80, 2600) * 100_000
                self.buy(buyer, chance.one(self.suppliers), self._county.ago(chance.number(20, 1400)), fen)


class Court:
    """The docket: each case stands in it once for each party."""

    def __init__(self, county: County, enterprises: Enterprises) -> None:
        self._county = county
        self._enterprises = enterprises
        self._chance = county.chance("court")
        self._count = 0

    def sue(
        self,
        plaintiff: Subject,
        defendant: Subject,
        filed: dt.date,
        fen: int,
        cause: str = "sales_contract",
        status: str = "open",
    ) -> str:
        """Somebody goes to court; returns the number of the case."""
        self._count += 1
        number = f"({filed.year})示9921民初{self._count:05d}号"
        for party, role, other in ((plaintiff, "plaintiff", defendant), (defendant, "defendant", plaintiff)):
            self._county.ledger.enter(
                "court_case", case_no=number, party_id=party, party_role=role, cause=cause, amount=Yuan(fen),
                filed_date=filed, status=status, opponent_id=other,
            )  # fmt: skip
        return number

    def list_debtor(self, debtor: Subject, kind: str, since: dt.date, out: dt.date | None, fen: int) -> None:
        """The court enters a debtor in a list."""
        self._count += 1
        self._county.ledger.enter(
            "enforcement", case_no=f"({since.year})示9921执{self._count:05d}号", subject_id=debtor, list_type=kind,
            amount=Yuan(fen), in_date=since, out_date=out,
        )  # fmt: skip

    def ordinary(self) -> None:
        """Disputes among firms that sell nothing to the state, and a few listed debtors."""
        chance, county = self._chance, self._county
        debtors = [*self._enterprises.debtors, *county.firms.of_kind("shop")[:800]]
        creditors = [*debtors, *self._enterprises.suppliers]
        for _ in range(CASES):
            plaintiff, debtor = chance.one(creditors), chance.one(debtors)
            if plaintiff == debtor:
                continue
            filed = county.ago(chance.number(3, 1500))
            status = chance.one(("open", "judged", "settled", "withdrawn", "dismissed"))
            self.sue(plaintiff, debtor, filed, chance.number(5, 900) * 100_000, chance.one(CAUSES), status)
            if status == "judged" and chance.yes(0.3):
                since = filed + dt.timedelta(days=120)
                if since <= county.until:
                    out = since + dt.timedelta(days=400) if chance.yes(0.85) else None
                    self.list_debtor(debtor, chance.one(("dishonest", "consumption_limit")), since, out, 3_000_000)
