"""One interface, one file with three good rows and two bad ones, landed for real."""

import datetime as dt
from pathlib import Path

from steelyard.engines.postgres import Database
from steelyard.engines.postgres.tests.shared import empty_engine
from steelyard.kit.identifiers import make_resident_id

INTERFACE = "agriculture/rent-receipts"
FILE = "receipts_2026.csv"
PAYER = "张小明"
NUMBER = make_resident_id("330102", dt.date(1980, 1, 1), 7)
BAD_NUMBER = NUMBER[:-1] + ("0" if NUMBER[-1] != "0" else "1")
DESCRIPTION = """
format: 1
id: agriculture/rent-receipts
title: {zh: 收款台账, en: rent receipts}
feeds: [rent_receipt]
connector: file
location: {folder: "${STEELYARD_INBOX}/agriculture", pattern: "receipts_*.csv"}
format_options: {encoding: utf-8}
columns:
  receipt_id: 收款编号
  contract_id: 合同编号
  village_code: 村代码
  received_date: 收款日期
  amount: 金额
  payer_no: 证件号
  payer_name: 交款人
"""
PUSH_INTERFACE = "agriculture/rent-push"
PUSH_KEY = "STEELYARD_PUSH_KEY_AGRICULTURE"
PUSH_DESCRIPTION = (
    DESCRIPTION.replace(INTERFACE, PUSH_INTERFACE)
    .replace("connector: file", f"connector: push\nauth: {{kind: hmac, secret: '${{{PUSH_KEY}}}'}}")
    .replace('location: {folder: "${STEELYARD_INBOX}/agriculture", pattern: "receipts_*.csv"}\n', "")
    .replace("format_options: {encoding: utf-8}\n", "")
)
LINES = (
    "收款编号,合同编号,村代码,收款日期,金额,证件号,交款人",
    f"R1,L1,339921101201,2026-01-05,1000.00,{NUMBER},{PAYER}",
    f"R2,L1,339921101201,2026-02-05,1000.00,{BAD_NUMBER},李四",
    "R3,L2,339921101202,2026-02-30,500.00,,",
    "R4,L2,339921101202,2026-03-01,=1+1,,",
    "R5,L2,339921101202,2026-03-02,800.00,,",
)


def catalogue_with_interface(real: Path, folder: Path) -> Path:
    """The real contracts and models with this one interface."""
    folder.mkdir()
    for name in ("contracts", "vocabulary", "models", "relations", "workflows"):
        if (real / name).is_dir():
            (folder / name).symlink_to(real / name)
    for name, text in ((INTERFACE, DESCRIPTION), (PUSH_INTERFACE, PUSH_DESCRIPTION)):
        path = folder / "interfaces" / f"{name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.strip() + "\n", encoding="utf-8")
    return folder


def content(*lines: str) -> bytes:
    return ("\n".join(lines or LINES) + "\n").encode()


def empty(database: Database) -> None:
    """Engine rows outlive a test's transaction; take them out again."""
    empty_engine(database)
