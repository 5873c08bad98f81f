"""Every kind of bad input: its place is named, the rest goes on, nothing is lost."""

import gzip
import json
import zipfile

import pytest

from steelyard.pool.tests.conftest import DAY, FIELDS, interface_of, row
from steelyard.sources import Options


def flaws(desk):
    return [
        (found.file, found.row, found.column, found.rule, found.value)
        for found in desk.pool.quarantine_rows(reveal=True)
    ]


@pytest.mark.parametrize(
    ("line", "column", "rule", "value"),
    [
        (row("2", day="2021-02-30"), "paid_on", "type", "2021-02-30"),
        (row("2", day="infinity"), "paid_on", "type", "infinity"),
        (row("2", amount="-5"), "amount", "check:amount-not-negative", "-5"),
        (row("2", amount="0x1f"), "amount", "type", "0x1f"),
        (row("2", count="1.5"), "count", "type", "1.5"),
        (row("2", kind="bribe"), "kind", "vocabulary", "bribe"),
        (row("", amount="5"), "payment_id", "required", None),
        (row("2", payee=""), "payee_id", "required", None),
        (row("2", payee="123"), "payee_id", "number", "123"),
        (row("2", name="other"), "payee_id", "name-conflict", "other"),
        (row("2", day="2025-07-01"), "paid_on", "check:paid-before-delivery", "2025-07-01"),
    ],
)
def test_a_bad_value_is_quarantined_with_its_place(desk, line, column, rule, value):
    landing = desk.land(row("1"), line, row("3"))
    assert flaws(desk) == [("p1.csv", 3, column, rule, value)]
    assert set(desk.table()) == {"1", "3"}
    assert landing.receipts[0].quarantined == 1


def test_every_broken_rule_of_a_row_is_kept(desk):
    desk.land(row("1", amount="-5", day="2021-02-30", kind="bribe"))
    assert {rule for *_, rule, _ in flaws(desk)} == {"type", "vocabulary", "check:amount-not-negative"}
    assert desk.pool.deliveries()[0].receipts[0].quarantined == 1


def test_the_delivered_row_is_kept_with_its_flaw_and_numbers_covered(desk):
    desk.land(row("1", payee="339921199001010011", amount="-5"))
    found = desk.pool.quarantine_rows()[0]
    assert json.loads(found.raw)["payee_no"] == "339921************"


def test_a_bad_number_in_an_optional_column_leaves_it_empty_and_asks(desk):
    desk.land(row("1", handler="123"))
    assert desk.table()["1"]["handler_id"] is None
    assert [(q.column, q.reason, q.row) for q in desk.keys.asked] == [("handler_id", "number", 2)]


def test_markup_in_a_name_changes_nothing(desk):
    landing = desk.land(row("<script>alert(1)</script>"))
    assert landing.receipts[0].admitted == 1
    assert "<script>alert(1)</script>" in desk.table()


def test_an_unreadable_line_is_counted_and_the_rest_is_landed(desk):
    interface = interface_of("finance/lines", file_format="jsonl")
    path = desk.folder / "a.jsonl"
    good = json.dumps({"payment_id": "1", "payee_no": "9A"})
    path.write_text(f'{good}\n{{"payment_id": \n{good.replace("1", "2")}\n')
    landing = desk.land_files(path, interface=interface)
    assert (landing.total("received"), landing.total("admitted"), landing.total("quarantined")) == (3, 2, 1)
    assert [(file, line, rule) for file, line, _, rule, _ in flaws(desk)] == [("a.jsonl", 2, "line")]


def test_unknown_columns_are_signalled(desk):
    path = desk.folder / "a.csv"
    path.write_text(",".join([*FIELDS, "new", "serial"]) + "\n" + row("1") + ",x,1\n")
    landing = desk.land_files(path, interface=interface_of(ignore=frozenset({"serial"})))
    assert landing.signals == ({"kind": "unknown-column", "file": "a.csv", "columns": ["new"]},)


def test_a_missing_column_refuses_the_delivery_by_name(desk):
    path = desk.folder / "a.csv"
    path.write_text("payment_id\n1\n")
    landing = desk.land_files(path)
    assert landing.state == "refused"
    assert "a.csv: the column amount, cash, count" in landing.message
    assert desk.pool.current().number == 0


def test_a_file_that_cannot_be_read_is_set_aside_and_the_others_are_landed(desk):
    bad = desk.folder / "b.csv"
    bad.write_bytes("编号\n".encode("gb18030"))
    interface = interface_of(options=Options(encoding="utf-8"))
    landing = desk.land_files(desk.file(row("1")), bad, interface=interface)
    assert (landing.state, landing.total("admitted"), landing.total("quarantined")) == ("accepted", 1, 1)
    assert [(file, line, rule) for file, line, _, rule, _ in flaws(desk)] == [("b.csv", 0, "file")]


def test_a_packed_file_cut_short_is_refused_under_its_own_name(desk):
    path = desk.folder / "a.jsonl.gz"
    path.write_bytes(gzip.compress(b'{"payment_id": "1", "payee_no": "9A"}\n' * 999)[:-20])
    landing = desk.land_files(path, interface=interface_of(file_format="jsonl"))
    assert landing.message.startswith("a.jsonl.gz: the packed file is damaged")


def test_a_spreadsheet_bomb_is_refused_by_name(desk):
    path = desk.folder / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (100 << 20))
    landing = desk.land_files(path, interface=interface_of(file_format="xlsx"))
    assert landing.state == "refused"
    assert "bomb.xlsx" in landing.message


def test_too_many_bad_rows_refuse_the_whole_delivery(desk):
    lines = [row(str(n), amount="-1" if n < 10 else "1") for n in range(150)]
    landing = desk.land(*lines)
    assert landing.state == "refused"
    assert landing.message.startswith("payment: 10 of 150 rows are bad, more than 5.0%; the first: p1.csv row 2")
    assert desk.pool.files("payment") == []


def test_a_refused_delivery_can_be_corrected_and_sent_again(desk):
    lines = [row(str(n), amount="-1" if n < 10 else "1") for n in range(150)]
    assert desk.land(*lines).state == "refused"
    assert desk.land(*[line.replace(",-1,", ",1,") for line in lines]).total("admitted") == 150


def test_a_check_that_only_warns_lets_the_row_in_and_says_so(desk):
    landing = desk.land(row("1", amount="2000000"))
    assert landing.total("admitted") == 1
    assert [(s["check"], s["rows"], s["row"]) for s in landing.signals] == [("amount-is-usual", 1, 2)]


def test_quotes_and_semicolons_in_values_stay_values(desk):
    desk.land('"1\'; DROP TABLE t; --",9A,,,,339921101201,1,2025-01-01,1,否,rent')
    assert list(desk.table()) == ["1'; DROP TABLE t; --"]
    assert DAY.year == 2025
