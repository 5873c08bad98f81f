"""A pool with one small register, delivered as snapshots, upserts or changes."""

from pathlib import Path

from steelyard.contracts import load_contracts
from steelyard.kit.home import Home
from steelyard.pool import Pool
from steelyard.pool.tests.conftest import DAY, RuleKeys
from steelyard.sources import Feed, Interface, Location, Source

REGISTER = """
format: 1
dataset: register
version: 1.0.0
title: {zh: 登记, en: register}
owners: [finance]
mode: MODE
key: [item_id]
purpose: {zh: 测试, en: a test}
sensitivity: L2
retention: P10Y
limits: {quarantined_share: 1}
MORE
columns:
  item_id: {type: string, required: true, zh: 编号, en: number}
  place:   {type: string, zh: 地点, en: place}
  amount:  {type: integer, zh: 数量, en: amount}
  stage:   {type: integer, zh: 版次, en: stage}
checks:
- {id: amount-not-negative, level: quarantine, sql: "amount >= 0", zh: 数量为负数, en: amount is negative}
"""
FIELDS = ("item_id", "place", "amount", "stage")
ORDERED = {"more": "order: stage"}
CHANGES = {"operation": "op", "operations": {"U": "upsert", "D": "delete"}, "order": "stage"}
PERIODS = {"more": "scope: [place]", "period_from_name": "_(?P<month>[0-9]{6})"}
EXPECTED = "expectations: {rhythm: daily, latest: P2D}"


class Counter:
    """Hands over lines of the model and reads the register."""

    def __init__(self, folder: Path, database, mode, more="", senders=("finance/payments",), **interface):
        contracts = folder / "catalogue" / "contracts" / "finance"
        contracts.mkdir(parents=True)
        (folder / "catalogue" / "vocabulary").mkdir()
        more = more if "expectations" in more else f"{EXPECTED}\n{more}"
        text = REGISTER.replace("MODE", mode).replace("MORE", more)
        (contracts / "register.yaml").write_text(text, encoding="utf-8")
        feed = Feed("register", {name: Source((name,), optional=name != "item_id") for name in FIELDS})
        location = Location(pattern="*.csv")
        self.senders = [Interface(name, {}, (feed,), location=location, **interface) for name in senders]
        self.interface = self.senders[0]
        self.folder = folder
        self.keys = RuleKeys()
        known = {one.id: one for one in self.senders}
        self.pool = Pool(Home(folder / "home").make(), database, load_contracts(contracts.parent), known)
        self.number = 0

    def file(self, lines, period=""):
        """A CSV of lines; a number keeps two files of the same lines apart."""
        self.number += 1
        path = self.folder / f"r{self.number}_{period}.csv"
        rows = [
            f"{line.key},{line.scope},{-1 if line.bad else line.amount},{'' if line.order is None else line.order},"
            f"{'D' if line.gone else 'U'},{self.number}"
            for line in lines
        ]
        path.write_text("\n".join([",".join(FIELDS) + ",op,batch", *rows]) + "\n", encoding="utf-8")
        return path

    def land(self, *lines, period="", **more):
        path = self.file(lines, period)
        return self.pool.land(self.interface, [path], assign=self.keys, received_on=DAY, **more)

    def rows(self):
        """Amount by key."""
        return {key: found["amount"] for key, found in self.table().items()}

    def table(self):
        from steelyard.engines.duck import connect, register_files, rows

        duck = connect(memory_mb=256)
        register_files(duck, "t", self.pool.files("register"), self.pool.schema("register"))
        return {row["item_id"]: row for row in rows(duck, "SELECT * FROM t ORDER BY item_id")}


def counts(landing):
    """The ledger of a landing's one dataset."""
    one = landing.receipts[0]
    return one.received, one.admitted, one.unchanged, one.quarantined, one.superseded
