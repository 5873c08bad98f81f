"""A pool with two small contracts, and keys given by a rule anyone can follow."""

import datetime as dt
from pathlib import Path

import pytest

from steelyard.contracts import load_contracts
from steelyard.kit.home import Home
from steelyard.pool import Pool
from steelyard.sources import Feed, Interface, Location, Source

DAY = dt.date(2025, 6, 30)
PAYMENT = """
format: 1
dataset: payment
version: 1.0.0
title: {zh: 付款, en: payments}
owners: [finance]
mode: MODE
expectations: {rhythm: daily, latest: P2D}
retention: P10Y
key: [payment_id]
purpose: {zh: 测试, en: a test}
sensitivity: L2
columns:
  payment_id:   {type: string, required: true, zh: 编号, en: number}
  payee_id:     {type: string, subject: party, from: [payee_no, payee_name], required: true, zh: 收款人, en: payee}
  handler_id:   {type: string, subject: person, from: [handler_id_no, handler_name], zh: 经办人, en: handler}
  village_code: {type: string, zh: 村, en: village}
  amount:       {type: decimal, zh: 金额, en: amount}
  paid_on:      {type: date, zh: 日期, en: day}
  count:        {type: integer, zh: 件数, en: count}
  cash:         {type: boolean, zh: 现金, en: cash}
  kind:         {type: string, vocabulary: payment_kind, zh: 类别, en: kind}
checks:
- {id: amount-not-negative, level: quarantine, sql: "amount >= 0", zh: 金额为负数, en: amount is negative}
- {id: paid-before-delivery, level: quarantine, sql: "paid_on <= delivered_on", zh: 晚于交付, en: paid after delivery}
- {id: amount-is-usual, level: warn, sql: "amount < 1000000", zh: 金额异常, en: unusual amount}
"""
VOCABULARY = """
format: 1
vocabularies:
  payment_kind:
    title: {zh: 类别, en: kind}
    terms:
      rent: {zh: 租金, en: rent}
      wage: {zh: 工资, en: wage}
"""
FIELDS = ("payment_id", "payee_no", "payee_name", "handler_id_no", "handler_name", "village_code", "amount",
          "paid_on", "count", "cash", "kind")  # fmt: skip


class RuleKeys:
    """Numbers that begin with 9 are good; name 'other' is in conflict with every number."""

    def __init__(self):
        self.asked = []

    def assign(self, duck, asked, answered, on):
        duck.execute(
            f"CREATE TABLE {answered} AS SELECT kind, number, name, "
            "CASE WHEN starts_with(number, '9') AND name <> 'other' THEN 'key-' || number END AS key, "
            "CASE WHEN NOT starts_with(number, '9') THEN 'number' "
            "WHEN name = 'other' THEN 'name-conflict' END AS reason, "
            f"'known' AS known_name, CAST(NULL AS VARCHAR) AS known_key FROM {asked}"
        )

    def ask(self, connection, questions):
        self.asked += questions

    def mention(self, connection, duck, mentions, delivery, dataset, supplier):
        """Whom rows name without a number is of no interest here."""


def contracts_in(folder: Path, mode: str = "upsert"):
    (folder / "contracts" / "finance").mkdir(parents=True)
    (folder / "vocabulary").mkdir()
    (folder / "contracts" / "finance" / "payment.yaml").write_text(PAYMENT.replace("MODE", mode), encoding="utf-8")
    (folder / "vocabulary" / "kinds.yaml").write_text(VOCABULARY, encoding="utf-8")
    return load_contracts(folder / "contracts")


def interface_of(name="finance/payments", **more):
    columns = {field: Source((field,)) for field in FIELDS}
    location = Location(folder=more.pop("folder", ""), pattern="*.csv", settled="PT0S")
    return Interface(name, {}, (Feed("payment", columns),), location=location, **more)


class Desk:
    """Hands files over and reads the table."""

    def __init__(self, pool, folder):
        self.pool, self.folder, self.keys, self.interface = pool, folder, RuleKeys(), interface_of()
        self.number = 0

    def file(self, *lines, name=None):
        self.number += 1
        path = self.folder / (name or f"p{self.number}.csv")
        path.write_text("\n".join([",".join(FIELDS), *lines]) + "\n", encoding="utf-8")
        return path

    def land(self, *lines, interface=None, **more):
        return self.land_files(self.file(*lines), interface=interface, **more)

    def land_files(self, *paths, interface=None, **more):
        return self.pool.land(interface or self.interface, list(paths), assign=self.keys, received_on=DAY, **more)

    def table(self):
        from steelyard.engines.duck import connect, register_files, rows

        duck = connect(memory_mb=256)
        register_files(duck, "t", self.pool.files("payment"), self.pool.schema("payment"))
        return {row["payment_id"]: row for row in rows(duck, "SELECT * FROM t ORDER BY payment_id")}


@pytest.fixture
def desk(tmp_path, clean_engine):
    return desk_of(tmp_path, clean_engine)


@pytest.fixture
def snapshot_desk(tmp_path, clean_engine):
    return desk_of(tmp_path, clean_engine, "snapshot")


def desk_of(folder, database, mode="upsert"):
    home = Home(folder / "home").make()
    inbox = folder / "files"
    inbox.mkdir()
    interface = interface_of()
    pool = Pool(home, database, contracts_in(folder / "catalogue", mode), {interface.id: interface})
    return Desk(pool, inbox)


def row(number, *, payee="9A", amount="10", day="2025-01-02", handler="", name="", kind="rent", count="1"):
    return f"{number},{payee},{name},{handler},,339921101201,{amount},{day},{count},是,{kind}"
