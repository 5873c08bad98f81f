import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from steelyard.engines.postgres import Role
from steelyard.pool import KeyReused, NothingDelivered, Pool, Receipt
from steelyard.pool.tests.conftest import DAY, interface_of, row


def counts(landing):
    receipt = landing.receipts[0]
    return receipt.received, receipt.admitted, receipt.unchanged, receipt.quarantined, receipt.superseded


def test_a_row_becomes_typed_keyed_and_keeps_its_line(desk):
    landing = desk.land(row("1", amount="1200.50", handler="9P"))
    found = desk.table()["1"]
    assert (str(found["amount"]), found["cash"], found["count"]) == ("1200.50", True, 1)
    assert (found["payee_id"], found["handler_id"]) == ("key-9A", "key-9P")
    assert (found["_delivery"], found["_raw_row"], found["_file"]) == (landing.delivery, 2, "p1.csv")


def test_the_same_content_again_changes_nothing(desk):
    first = desk.land(row("1"), row("2"))
    again = desk.land(row("1"), row("2"))
    assert counts(first) == (2, 2, 0, 0, 0)
    assert counts(again) == (2, 0, 2, 0, 0)
    assert again.repeated
    assert again.delivery == first.delivery
    assert desk.pool.current().number == first.pool_version


def test_the_same_rows_in_another_file_are_unchanged_and_make_no_version(desk):
    first = desk.land(row("1"), row("2"))
    second = desk.land(row("2"), row("1"))
    assert counts(second) == (2, 0, 2, 0, 0)
    assert second.pool_version is None
    assert desk.table()["1"]["_delivery"] == first.delivery


def test_a_changed_row_takes_the_place_of_the_old_one(desk):
    desk.land(row("1"), row("2"))
    landing = desk.land(row("1", amount="11"), row("3"))
    assert counts(landing) == (2, 2, 0, 0, 0)
    assert {number: str(found["amount"]) for number, found in desk.table().items()} == {
        "1": "11.00", "2": "10.00", "3": "10.00",
    }  # fmt: skip


def test_an_older_pool_version_stays_readable(desk):
    first = desk.land(row("1"))
    desk.land(row("1", amount="11"))
    version = desk.pool.version(first.pool_version)
    assert version is not None
    assert desk.pool.files("payment", version) != desk.pool.files("payment")


def test_of_rows_with_one_key_the_last_wins_and_the_others_are_shown(desk):
    landing = desk.land(row("1"), row("1"), row("1", amount="12"))
    assert counts(landing) == (3, 1, 0, 0, 2)
    assert str(desk.table()["1"]["amount"]) == "12.00"
    conflicts = desk.pool.quarantine_rows(outcome="superseded")
    assert [(found.row, found.rule, found.value) for found in conflicts] == [
        (2, "key-duplicate", "1"), (3, "key-duplicate", "1"),
    ]  # fmt: skip
    assert desk.pool.quarantine_rows() == []


def test_of_two_files_the_later_one_wins(desk):
    landing = desk.land_files(desk.file(row("1", amount="5")), desk.file(row("1", amount="6")))
    assert counts(landing) == (2, 1, 0, 0, 1)
    assert str(desk.table()["1"]["amount"]) == "6.00"


def test_a_snapshot_removes_what_its_supplier_no_longer_says(snapshot_desk):
    desk, other = snapshot_desk, interface_of("finance/other")
    desk.land(row("1"), row("2"))
    desk.land(row("3"), interface=other)
    landing = desk.land(row("2"), row("4"))
    assert landing.receipts[0].removed == 1
    assert set(desk.table()) == {"2", "3", "4"}


def test_a_key_used_for_other_content_is_refused(desk):
    desk.land(row("1"), key="batch 7")
    with pytest.raises(KeyReused, match="batch 7"):
        desk.land(row("2"), key="batch 7")


def test_a_file_that_is_not_there_is_named(desk):
    with pytest.raises(NothingDelivered, match=r"nowhere\.csv"):
        desk.land_files(desk.folder / "nowhere.csv")


def test_the_inbox_is_landed_once(desk):
    folder = desk.folder / "finance"
    folder.mkdir()
    interface = interface_of(folder="${STEELYARD_INBOX}/finance")
    desk.pool.interfaces = {interface.id: interface}
    desk.file(row("1"), name="finance/a.csv")
    desk.file(row("2"), name="finance/b.csv")
    first = desk.pool.land_inbox(desk.folder, assign=desk.keys, received_on=DAY)
    again = desk.pool.land_inbox(desk.folder, assign=desk.keys, received_on=DAY)
    assert [counts(landing) for landing in first] == [(2, 2, 0, 0, 0)]
    assert [counts(landing) for landing in again] == [(2, 0, 2, 0, 0)]
    desk.file(row("3"), name="finance/c.csv")
    third = desk.pool.land_inbox(desk.folder, assign=desk.keys, received_on=DAY)
    assert [counts(landing) for landing in third] == [(1, 1, 0, 0, 0)]


def test_a_row_leads_back_to_the_delivered_line(desk):
    landing = desk.land(row("1"), row("2", handler="9339921199001010011"))
    found = desk.pool.lineage(landing.delivery, 3)
    assert (found.interface, found.file, found.row) == ("finance/payments", "p1.csv", 3)
    assert found.text.startswith("2,9A,")
    assert found.fields["payment_id"] == "2"


def test_resident_numbers_in_delivered_text_are_covered_unless_revealed(desk):
    landing = desk.land(row("1", payee="339921199001010011"))
    covered = desk.pool.lineage(landing.delivery, 2)
    revealed = desk.pool.lineage(landing.delivery, 2, reveal=True)
    assert "339921************" in covered.text
    assert covered.fields["payee_no"] == "339921************"
    assert "339921199001010011" in revealed.text


def test_pushed_rows_are_durable_and_landed_once(desk):
    interface = interface_of("finance/push", file_format="jsonl", connector="push")
    rows = [{"payment_id": "1", "payee_no": "9A", "amount": 5, "village_code": "339921101201"}]
    first = desk.pool.push(interface, "k1", rows, assign=desk.keys, received_on=DAY)
    again = desk.pool.push(interface, "k1", rows, assign=desk.keys, received_on=DAY)
    assert (counts(first), counts(again)) == ((1, 1, 0, 0, 0), (1, 0, 1, 0, 0))
    with pytest.raises(KeyReused):
        desk.pool.push(interface, "k1", rows[:1] * 2, assign=desk.keys, received_on=DAY)


def test_coverage_counts_areas_and_the_newest_day_that_is_not_in_the_future(desk):
    desk.land(row("1", day="2025-03-04"), row("2", day="2025-01-01"))
    (found,) = desk.pool.coverage("payment")
    assert (found.level, found.areas, found.expected, found.rows) == ("village", 1, None, 2)
    assert found.latest.isoformat() == "2025-03-04"


def test_deliveries_are_listed_with_their_receipts(desk):
    desk.land(row("1"))
    (found,) = desk.pool.deliveries()
    assert (found.state, found.files) == ("accepted", ("p1.csv",))
    assert found.receipts == (Receipt("payment", 1, 1, 0, 0, 0),)


def test_a_name_conflict_is_asked_even_where_the_row_is_quarantined(desk):
    desk.land(row("1", name="other"))
    assert [(q.column, q.reason, q.known_name) for q in desk.keys.asked] == [("payee_id", "name-conflict", "known")]


def test_two_landings_side_by_side_lose_nothing(desk):
    files = [desk.file(*(row(f"{part}-{n}") for n in range(200))) for part in range(4)]
    with ThreadPoolExecutor(4) as together:
        jobs = [
            together.submit(desk.land_files, file, interface=interface_of(f"finance/p{number}"))
            for number, file in enumerate(files)
        ]
        landings = [job.result() for job in jobs]
    assert len(desk.table()) == 800
    assert sorted(landing.pool_version for landing in landings) == [1, 2, 3, 4]


def test_a_reader_sees_the_pool_and_cannot_land(desk, clean_engine):
    landing = desk.land(row("1"), row("2", amount="-1"))
    reader = Pool(desk.pool.home, clean_engine, desk.pool.contracts, desk.pool.interfaces, role=Role.READER)
    assert reader.row_counts() == {"payment": 1}
    assert reader.lineage(landing.delivery, 2) is not None
    assert len(reader.quarantine_rows()) == 1
    with pytest.raises(Exception, match="permission denied"):
        reader.quarantine_rows(reveal=True)
    with pytest.raises(Exception, match="permission denied"):
        reader.land(desk.interface, [desk.file(row("3"))], assign=desk.keys, received_on=DAY)


def test_escapes_and_quotes_in_a_line_uncover_nothing(desk):
    number = "339921199001010011"
    escaped = "".join(f"\\u{ord(digit):04x}" for digit in number)
    path = desk.folder / "a.jsonl"
    path.write_text(f'{{"payment_id": "1", "payee_no": "9A", "handler_name": "{escaped}"}}\n')
    landing = desk.land_files(path, interface=interface_of("finance/lines", file_format="jsonl"))
    text = desk.pool.lineage(landing.delivery, 1).text
    assert "339921************" in text
    assert "u0033" not in text


def test_a_line_is_written_anew_with_its_empty_cells(desk):
    landing = desk.land('"1",9A,,,"a ""b""",339921101201,10,2025-01-02,1,是,rent')
    assert desk.pool.lineage(landing.delivery, 2).text == '1,9A,,,"a ""b""",339921101201,10,2025-01-02,1,是,rent'


def test_what_pages_read_of_a_bad_row_names_no_person(desk):
    desk.land(row("1", payee="9A1234567890", name="张小明", amount="-5"), row("2", name="other"))
    found, conflict = desk.pool.quarantine_rows()
    delivered = json.loads(found.raw)
    assert (delivered["payee_no"], delivered["payee_name"]) == ("9A1*******90", "张**")
    assert (found.value, conflict.value) == ("-5", "o***")


def test_the_role_of_the_pages_reads_no_delivered_row(desk, clean_engine):
    with clean_engine.connect(Role.READER, autocommit=True) as connection:
        for column in ("quarantine.value", "quarantine.raw", "inbox.body"):
            table = column.partition(".")[0]
            with pytest.raises(Exception, match="permission denied"):
                connection.execute(f"SELECT {column} FROM engine.{table}")
        connection.execute("SELECT value_masked, raw_masked FROM engine.quarantine")
