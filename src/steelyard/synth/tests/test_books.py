"""What departments hold besides: every row leads to somebody or something that the county knows, and sums add up."""

import csv
import io
import json
import zipfile
from collections import Counter, defaultdict
from decimal import Decimal

import pyarrow.parquet as pq
import pytest
import python_calamine

from steelyard.kit.catalogue_folder import catalogue_folder
from steelyard.sources import load_interfaces
from steelyard.synth.tests.conftest import UNTIL, Written
from steelyard.synth.tests.test_county import POPULATION, STAMP


def bad(county: Written, file: str) -> set[int]:
    """Lines of a file that were planted: quarantined or delivered twice."""
    beside = county.truth["beside"]
    planted = [*county.truth["quarantined"], *county.truth["superseded"], *beside["quarantined"], *beside["superseded"]]
    return {entry["line"] for entry in planted if file in (entry["file"], entry["interface"])}


def good(county: Written, file: str, lines: list[str], delimiter: str = ",") -> list[dict[str, str]]:
    """Rows of separated text without the planted ones."""
    skip = bad(county, file)
    rows = csv.DictReader(io.StringIO("\n".join(lines)), delimiter=delimiter)
    return [row for number, row in enumerate(rows, start=2) if number not in skip]


def system(county: Written, interface: str) -> list[dict[str, str]]:
    """Rows of a system without the planted ones."""
    rows = pq.read_table(county.folder / "systems" / f"{interface}.parquet").to_pylist()
    skip = bad(county, interface)
    return [row for number, row in enumerate(rows, start=1) if number not in skip]


def members(county: Written, file: str) -> dict[str, list[dict[str, str]]]:
    """Members of an archive without the planted rows."""
    name = file.split("/")[1]
    with zipfile.ZipFile(county.folder / "inbox" / file) as archive:
        return {
            member: good(county, f"{name}!{member}", archive.read(member).decode("gb18030").splitlines())
            for member in archive.namelist()
            if member.endswith(".csv")
        }


@pytest.fixture(scope="module")
def population(county: Written) -> dict[str, dict[str, str]]:
    rows = good(county, POPULATION.split("/")[1], county.lines(POPULATION, "gb18030"))
    return {row["公民身份号码"]: row for row in rows}


def test_every_interface_brings_something_but_those_the_platform_itself_feeds(county: Written):
    inbox, index = county.folder / "inbox", json.loads((county.folder / "systems" / "index.json").read_text())
    silent = set()
    for name, one in load_interfaces(catalogue_folder() / "interfaces").items():
        waiting = list((county.folder / "sftp" / one.department).glob(one.pattern)) if one.connector == "sftp" else []
        if not (one.files(inbox) or waiting or name in index):
            silent.add(name)
    assert {name for name in silent if not name.startswith("platform/")} == set()
    own = ("platform/powers-", "platform/own-", "platform/interface-log")
    assert not {name for name in silent if not name.startswith(own)}


def test_databases_are_of_both_kinds(county: Written):
    index = json.loads((county.folder / "systems" / "index.json").read_text())
    kinds = Counter(entry["engine"] for entry in index.values() if entry["connector"] == "sql")
    assert set(kinds) == {"mariadb", "postgresql"}
    assert min(kinds.values()) >= 10


def test_a_watermark_only_grows(county: Written):
    index = json.loads((county.folder / "systems" / "index.json").read_text())
    asked = {name: entry["watermark"] for name, entry in index.items() if entry["watermark"]}
    assert len(asked) >= 15
    for name, column in asked.items():
        times = pq.read_table(county.folder / "systems" / f"{name}.parquet")[column].to_pylist()
        assert times == sorted(times)
        assert times[-1] <= f"{UNTIL} 18:00:00"


def test_households_have_exactly_the_people_of_the_population(county: Written, population):
    found = members(county, f"public-security/hjcy_{STAMP}.zip")
    assert len(found) == 20
    rows = [row for town in found.values() for row in town]
    assert len(rows) == len(population)
    assert {(row["公民身份号码"], row["户号"]) for row in rows} == {
        (number, row["户号"]) for number, row in population.items()
    }
    assert all((row["截止日期"] == "") == (population[row["公民身份号码"]]["生存状态"] == "在世") for row in rows)


def test_subsidies_go_to_the_living_by_the_standard(county: Written, population):
    rows = good(county, "yktff_202602.csv", county.lines("finance/yktff_202602.csv", "gb18030")[:-1])
    assert len(rows) > 10_000
    assert all(population[row["补贴对象身份证号"]]["生存状态"] == "在世" for row in rows)
    assert {row["发放金额"] for row in rows if row["补贴项目代码"] == "BT004"} == {"100.00"}


def test_balances_follow_from_the_vouchers(county: Written):
    booked: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for rows in members(county, f"agriculture/kjpz_{STAMP}.zip").values():
        for row in rows:
            # The line for the bank, and the fund out of which works were paid, have no account of their own.
            if row["科目代码"].startswith(("102", "231")):
                continue
            booked[row["村代码"], row["科目代码"]] += Decimal(row["借方金额"]) + Decimal(row["贷方金额"])
    closed: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in workbook(county, "agriculture/kmye_202602.xlsx"):
        if row["科目代码"] != "102":
            closed[row["村代码"], row["科目代码"]] += Decimal(row["余额/期末"])
    assert closed == booked


def workbook(county: Written, file: str) -> list[dict[str, str]]:
    """Rows of a workbook with a heading of two lines, without the planted ones."""
    sheet = python_calamine.CalamineWorkbook.from_path(str(county.folder / "inbox" / file)).get_sheet_by_index(0)
    lines = [[str(cell) for cell in line] for line in sheet.to_python(skip_empty_area=False)]
    upper, lower, group, names = lines[1], lines[2], "", []
    for above, below in zip(upper, lower, strict=True):
        group = above or group
        names.append(f"{group}/{below}" if below else above)
    skip = bad(county, file.split("/")[1])
    return [
        dict(zip(names, line, strict=True))
        for number, line in enumerate(lines, start=1)
        if number > 3 and number not in skip and line[0] != "合计"
    ]


def test_wages_stay_below_what_the_contract_is_worth(county: Written):
    paid: dict[str, Decimal] = defaultdict(Decimal)
    for row in system(county, "human-resources/wages"):
        paid[row["bdbh"]] += Decimal(row["dfje"])
    # The last line of the platform's file breaks off.
    releases = [json.loads(line) for line in county.lines(f"public-trading/ocds_{STAMP}.jsonl")[:-1]]
    signed = [contract["value"]["amount"] for release in releases for contract in release.get("contracts", ())]
    assert paid
    assert max(paid.values()) < min(Decimal(str(amount)) for amount in signed)


def test_a_village_purchase_has_the_invoice_it_names(county: Written):
    lines = county.lines(f"platform/cjcg_{STAMP}.jsonl")
    skip = bad(county, f"cjcg_{STAMP}.jsonl")
    bought = [json.loads(line) for number, line in enumerate(lines, start=1) if number not in skip]
    invoices = {row["FPHM"]: row for row in system(county, "tax/invoices")}
    for row in bought:
        invoice = invoices[row["invoice_no"]]
        assert invoice["XFSBH"] == row["supplier_no"]
        assert Decimal(invoice["JSHJ"]) == Decimal(str(row["amount"]))


def test_thin_villages_deliver_no_accounts_and_the_truth_names_them(county: Written):
    thin = {entry["dataset"]: set(entry["villages"]) for entry in county.truth["thin"]}
    assert set(thin) == {"village_voucher", "village_balance"}
    vouchers = {row["村代码"] for rows in members(county, f"agriculture/kjpz_{STAMP}.zip").values() for row in rows}
    balances = {row["村代码"] for row in workbook(county, "agriculture/kmye_202602.xlsx")}
    assert len(thin["village_voucher"]) == 50
    assert vouchers.isdisjoint(thin["village_voucher"])
    assert balances.isdisjoint(thin["village_balance"])
    assert len(balances) == len(vouchers) == 250


def test_mistakes_beside_the_inbox_are_told_by_interface_and_row(county: Written):
    beside = county.truth["beside"]["quarantined"]
    assert len(beside) > 500
    places = [(entry["interface"], entry["line"]) for entry in beside]
    assert len(set(places)) == len(places)
    assert {entry["interface"].split("/")[0] for entry in beside} >= {"tax", "bank", "state-assets", "public-trading"}
    assert not {entry["interface"] for entry in beside} & {entry["interface"] for entry in county.truth["quarantined"]}
