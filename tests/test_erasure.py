"""One person is taken out of everything the pool keeps; everybody else's rows and every count remain."""

import datetime as dt
import json

import pyarrow.parquet as pq
import pytest
import xlsxwriter

from steelyard.contracts import load_contracts
from steelyard.engines.duck import connect, rows
from steelyard.engines.postgres import Role
from steelyard.identity import IdentityKeys, KnownPeople
from steelyard.identity.subjects import key_of
from steelyard.kit.home import Home
from steelyard.pool import Pool, StillNeeded, TwoPersonsNeeded, Unknown, raw, records, sealing
from steelyard.sources import Feed, Interface, Options, Source

DAY = dt.date(2025, 6, 30)
SHE, HE = "110101199003070994", "110101199003072519"
HER = {"number": SHE, "name": "欧阳秋实", "phone": "13812345678", "old phone": "13987654321", "address": "柳树巷七号院"}
CONTRACT = """
format: 1
dataset: resident
version: 1.0.0
title: {zh: 居民, en: residents}
owners: [town]
mode: upsert
expectations: {rhythm: daily, latest: P2D}
retention: P1Y
key: [card]
purpose: {zh: 测试, en: a test}
sensitivity: L3
columns:
  card:      {type: string, required: true, zh: 卡号, en: card}
  person_id: {type: string, subject: person, from: [id_no, name], required: true, zh: 居民, en: resident}
  phone:     {type: string, private: true, sensitivity: L3, zh: 电话, en: phone}
  address:   {type: string, private: true, sensitivity: L3, zh: 住址, en: address}
  note:      {type: string, zh: 备注, en: note}
  amount:    {type: decimal, zh: 金额, en: amount}
checks:
- {id: amount-not-negative, level: quarantine, sql: "amount >= 0", zh: 金额为负数, en: amount is negative}
"""
FIELDS = ("card", "id_no", "name", "phone", "address", "note", "amount")


def line(card, number, name, phone, address, note="", amount="1"):
    return [card, number, name, phone, address, note, amount]


HERS = line("c1", SHE, HER["name"], HER["phone"], HER["address"])
HIS = line("c2", HE, "司马长风", "13700000000", "东街一号")


@pytest.fixture
def pool(tmp_path, clean_engine):
    folder = tmp_path / "catalogue" / "contracts" / "town"
    folder.mkdir(parents=True)
    (tmp_path / "catalogue" / "vocabulary").mkdir()
    (folder / "resident.yaml").write_text(CONTRACT, encoding="utf-8")
    feed = Feed("resident", {name: Source((name,)) for name in FIELDS})
    made = {
        f"town/{kind}": Interface(f"town/{kind}", {}, (feed,), file_format=kind, options=Options(encoding=encoding))
        for kind, encoding in (("csv", "gb18030"), ("jsonl", None), ("xlsx", None))
    }
    found = Pool(Home(tmp_path / "home").make(), clean_engine, load_contracts(tmp_path / "catalogue/contracts"), made)
    found.keys = IdentityKeys(clean_engine)
    found.folder = tmp_path
    return found


def land(pool, kind, *lines):
    path = pool.folder / f"{len(list(pool.folder.iterdir()))}.{kind}"
    if kind == "csv":
        path.write_text("\n".join(",".join(one) for one in [FIELDS, *lines]) + "\n", encoding="gb18030")
    elif kind == "jsonl":
        path.write_text("".join(json.dumps(dict(zip(FIELDS, one, strict=True))) + "\n" for one in lines))
    else:
        with xlsxwriter.Workbook(path) as book:
            sheet = book.add_worksheet()
            for at, one in enumerate([FIELDS, *lines]):
                sheet.write_row(at, 0, one)
    return pool.land(pool.interfaces[f"town/{kind}"], [path], assign=pool.keys, received_on=DAY)


@pytest.fixture
def full(pool):
    """Her rows in every format, in an old version, in quarantine, in a note of his, and in a push."""
    land(pool, "csv", line("c1", SHE, HER["name"], HER["old phone"], HER["address"]), HIS)
    land(pool, "jsonl", HERS, line("c3", HE, "司马长风", "", "", note=f"与{SHE}同户"))
    land(pool, "xlsx", line("c4", SHE, HER["name"], HER["phone"], ""), line("c5", HE, "司马长风", "1", ""))
    land(pool, "csv", line("c6", SHE, HER["name"], HER["phone"], HER["address"], amount="-1"), HIS)
    pushed = dict(zip(FIELDS, line("c7", SHE.lower(), HER["name"], "", ""), strict=True))
    pool.push(pool.interfaces["town/jsonl"], "k1", [pushed], assign=pool.keys, received_on=DAY)
    return pool


def erase(pool, subject=SHE, **more):
    return pool.erase(subject, **{"reason": "her wish", "by": "Du", "second": "Ye", "people": KnownPeople()} | more)


def delivered(pool):
    """All bytes of all delivered files, opened."""
    with pool._connection() as connection:
        for one in records.many(connection, "SELECT id::text AS id FROM engine.delivery"):
            folder, seal = pool.home.raw / one["id"], sealing.seal_of(connection, one["id"], pool.home.secrets)
            for file in records.files(connection, one["id"]):
                if raw.rows_path(folder, file).exists():
                    with raw.opened_rows(folder, file, seal) as path:
                        yield str(pq.read_table(path).to_pylist()).encode()
                else:
                    with raw.opened(folder, file, seal) as path:
                        yield path.read_bytes()


def everything(pool):
    """Every byte that is kept, by place; text of the packed formats unpacked."""
    yield from (("raw", content) for content in delivered(pool))
    for path in pool.home.root.rglob("*"):
        if path.is_file():
            yield str(path), path.read_bytes()
            if path.suffix == ".parquet":
                yield str(path), str(pq.read_table(path).to_pylist()).encode()
    with pool.database.connect(Role.OWNER) as connection:
        for (table,) in connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'engine'"
        ).fetchall():  # fmt: skip
            with connection.cursor().copy(f'COPY (SELECT * FROM engine."{table}") TO STDOUT') as copy:
                yield table, b"".join(bytes(part) for part in copy)


def hits(pool):
    forms = {
        what: [value.encode(code) for code in ("utf-8", "gb18030")] + [json.dumps(value)[1:-1].encode()]
        for what, value in HER.items()
    }  # fmt: skip
    return [(what, place) for place, content in everything(pool) for what, some in forms.items()
            if any(form in content for form in some)]  # fmt: skip


def table(pool, version=None):
    duck = connect(memory_mb=256)
    pool.register(duck, "resident", version)
    return {row["card"]: row for row in rows(duck, "SELECT * FROM resident")}


def receipts(pool):
    return [one.receipts for one in pool.deliveries()]


def test_before_the_erasure_the_search_finds_her_everywhere(full):
    assert {what for what, _ in hits(full)} == set(HER)
    assert {"identifier", "subject", "quarantine", "raw"} <= {place for _, place in hits(full)}


def test_after_it_no_byte_leads_to_her(full):
    done = erase(full)
    assert hits(full) == []
    assert done.counts["raw_files"] >= 4
    assert done.counts["table_files"] >= 2
    assert done.counts["quarantine"] == 1


def test_everybody_elses_rows_and_every_count_remain(full):
    before, told, number = table(full), receipts(full), full.current().number
    erase(full)
    after = table(full)
    assert {card: row for card, row in after.items() if card in ("c2", "c5")} == {
        card: row for card, row in before.items() if card in ("c2", "c5")
    }
    assert set(after) == set(before)
    assert after["c3"]["note"] is None
    assert receipts(full) == told
    assert full.current().number == number


def test_every_old_version_stays_readable_without_her(full):
    first = next(number for number in range(1, full.current().number + 1) if full.version(number))
    assert table(full, first)["c1"]["phone"] == HER["old phone"]
    erase(full)
    assert table(full, first)["c1"]["phone"] is None


def test_his_lines_keep_their_numbers_and_words(full):
    erase(full)
    for row in table(full).values():
        if row["card"] in ("c2", "c5"):
            origin = full.lineage(row["_delivery"], row["_raw_row"], row["_file"], reveal=True)
            assert origin is not None
            assert origin.fields["name"] == "司马长风"


def test_she_is_unknown_afterwards(full, clean_engine):
    erase(full)
    with clean_engine.connect() as connection:
        assert key_of(connection, SHE) is None
        assert key_of(connection, HE) is not None
    with pytest.raises(Unknown):
        erase(full)


def test_what_was_done_is_recorded_with_old_and_new_hashes(full, clean_engine):
    done = erase(full)
    with clean_engine.connect(Role.READER) as connection:
        told = connection.execute("SELECT reason, asked_by, approved_by, finished_at FROM engine.erasure").fetchall()
        files = connection.execute("SELECT old_sha256, new_sha256 FROM engine.erased_file").fetchall()
    assert [row[:3] for row in told] == [("her wish", "Du", "Ye")]
    assert told[0][3] is not None
    assert len(files) == len(done.files)
    assert all(len(old) == 64 and old != new for old, new in files)


def test_who_is_still_needed_is_not_erased_and_the_reason_is_told(full):
    with pytest.raises(StillNeeded, match="case 7 is open"):
        erase(full, needed=lambda key: "case 7 is open")
    assert hits(full)


@pytest.mark.parametrize("more", [{"second": "Du"}, {"by": ""}, {"second": " "}, {"reason": ""}])
def test_one_person_alone_erases_nobody(full, more):
    with pytest.raises(TwoPersonsNeeded):
        erase(full, **more)
    assert hits(full)


def test_what_has_expired_loses_its_key_first_and_then_its_files(full, clean_engine):
    assert full.expired(dt.date(2026, 6, 30)) == []
    found = full.expired(dt.date(2026, 7, 1))
    assert len(found) == 5
    with pytest.raises(TwoPersonsNeeded):
        full.erase_expired(found, by="Du", second="Du")
    done = full.erase_expired(found, by="Du", second="Ye")
    assert done.counts["deliveries"] == 5
    assert [path for path in full.home.raw.rglob("*") if path.is_file()] == []
    with clean_engine.connect() as connection, pytest.raises(sealing.Destroyed):
        sealing.seal_of(connection, found[0].delivery, full.home.secrets)
    assert full.expired(dt.date(2026, 7, 1)) == []
    assert full.lineage(found[0].delivery, 2) is None
    assert set(table(full)) >= {"c1", "c2"}
