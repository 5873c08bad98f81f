"""What goes out is covered and on the record; what comes in is told by its publisher and by nobody else."""

import datetime as dt
import json
import stat
from types import SimpleNamespace

import pytest

from steelyard.engines.postgres import Role
from steelyard.identity import exchange
from steelyard.identity.exchange import Selection, Terms
from steelyard.identity.exchange.selecting import Told
from steelyard.kit import identifiers

DAY = dt.date(2025, 6, 30)
NUMBER = identifiers.make_resident_id("339921", dt.date(1980, 5, 1), 12)
CODE = identifiers.make_credit_code("91", "339921", "MA0000001")
ZHANG, LI, FIRM = "key-zhang", "key-li", "key-firm"


@pytest.fixture
def known(clean_engine):
    with clean_engine.transaction(Role.WORKER) as connection:
        for key, kind, name, number_kind, number in (
            (ZHANG, "person", "张三丰", "resident", NUMBER),
            (LI, "person", "李四", "", ""),
            (FIRM, "company", "甲公司13800138000", "credit", CODE),
        ):
            connection.execute("INSERT INTO engine.subject VALUES (%s, %s, %s, 'T1')", [key, kind, name])
            if number:
                connection.execute(
                    "INSERT INTO engine.identifier (kind, value, key) VALUES (%s, %s, %s)", [number_kind, number, key]
                )
    return clean_engine


def tie(a, b, kind, **more):
    told = {
        "basis": kind,
        "role": None,
        "degree": None,
        "share": None,
        "from_date": None,
        "to_date": None,
        "confidence": 1.0,
        "tier": "T1",
        "dataset": "shareholder",
        "delivery": "d1",
        "file": "a.csv",
        "row": 7,
    }
    return Told(a, b, kind, **(told | more))  # fmt: skip


def chosen():
    return Selection(
        {ZHANG, LI, FIRM, "unknown"},
        {tie(ZHANG, FIRM, "ownership", share=0.3), tie(ZHANG, LI, "kin", role="配偶"), tie(LI, "unknown", "kin")},
    )


def terms(**more):
    return Terms("court", "Steelyard", "tester", **more)


def give(database, folder, name="out", format_="ftm", selection=None, **more):
    with database.transaction(Role.WORKER) as connection:
        return exchange.export(
            connection, folder / "secrets", selection or chosen(), format_, folder / name, terms(**more), DAY
        )


def entities(folder, name="out"):
    return [json.loads(line) for line in (folder / name / "entities.ftm.json").read_text().splitlines()]


def take(database, path, publisher="other"):
    with database.transaction(Role.WORKER) as connection:
        return exchange.import_file(connection, path, publisher, "tester")


@pytest.mark.parametrize("format_", exchange.FORMATS)
def test_nothing_that_goes_out_covered_names_a_person_or_a_number(known, tmp_path, format_):
    given = give(known, tmp_path, format_=format_)
    text = "".join(path.read_text() for path in (tmp_path / "out").iterdir())
    assert (given.masked, given.subjects) == (True, 3)
    for hidden in ("张三丰", "李四", NUMBER, CODE, ZHANG, LI, FIRM, "13800138000", "a.csv", "d1:7"):
        assert hidden not in text
    assert "张**" in text
    assert "甲公司***********" in text
    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == 0o700


def test_identifiers_stay_the_same_for_one_recipient_and_say_nothing_to_another(known, tmp_path):
    first, again = give(known, tmp_path, "a"), give(known, tmp_path, "b")
    assert first.sha256 == again.sha256
    with known.transaction(Role.WORKER) as connection:
        other = Terms("bank", "Steelyard", "tester")
        exchange.export(connection, tmp_path / "secrets", chosen(), "ftm", tmp_path / "c", other, DAY)
    assert not {one["id"] for one in entities(tmp_path, "a")} & {one["id"] for one in entities(tmp_path, "c")}


def test_uncovered_needs_a_purpose_and_two_people_and_is_on_the_record(known, tmp_path):
    for missing in ({}, {"purpose": "p", "by": "wu"}, {"purpose": "p", "by": "wu", "approved_by": "wu"},
                    {"purpose": " ", "by": "wu", "approved_by": "lin"}):  # fmt: skip
        for wanted in ({"reveal": True}, {"keys": True}):
            with pytest.raises(exchange.ApprovalMissing):
                give(known, tmp_path, **wanted, **missing)
    assert not (tmp_path / "out").exists()
    give(known, tmp_path, reveal=True, keys=True, purpose="case 7", by="wu", approved_by="lin")
    by_id = {one["id"]: one["properties"] for one in entities(tmp_path)}
    assert by_id[ZHANG]["name"] == ["张三丰"]
    assert by_id[ZHANG]["idNumber"] == [NUMBER]
    assert by_id[FIRM]["uscCode"] == [CODE]
    with known.connect(Role.READER) as connection:
        assert connection.execute(
            "SELECT party, masked, keys_shown, purpose, asked_by, approved_by, who FROM engine.exchange"
        ).fetchall() == [("court", False, True, "case 7", "wu", "lin", "tester")]


def test_what_a_format_cannot_carry_is_said(known, tmp_path):
    given = give(known, tmp_path, format_="bods")
    assert (given.by_kind, given.left_out) == ({"ownership": 1}, {"kin": 1})


def test_a_folder_in_use_is_left_alone_and_nothing_is_recorded(known, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("x")
    with pytest.raises(exchange.FolderInUse):
        give(known, tmp_path)
    with known.connect(Role.READER) as connection:
        assert connection.execute("SELECT count(*) FROM engine.exchange").fetchone() == (0,)


def test_imported_parties_are_the_publishers_own_and_nobody_we_know(known, tmp_path):
    give(known, tmp_path, reveal=True, purpose="p", by="wu", approved_by="lin")
    taken = take(known, tmp_path / "out" / "entities.ftm.json")
    assert (taken.new_subjects, taken.new_ties, taken.numbers_not_kept) == (3, 2, 2)
    with known.connect(Role.WORKER) as connection:
        numbers = connection.execute("SELECT kind, key FROM engine.identifier WHERE value = %s", [NUMBER]).fetchall()
        tiers = connection.execute("SELECT tier, count(*) FROM engine.subject GROUP BY 1 ORDER BY 1").fetchall()
        values = connection.execute("SELECT value FROM engine.identifier WHERE kind = 'source'").fetchall()
    assert numbers == [("resident", ZHANG)]
    assert tiers == [("T1", 3), ("source", 3)]
    assert all(value.startswith("src:other:s-") for (value,) in values)


def test_the_same_file_twice_is_one_import_and_a_newer_one_is_told_anew(known, tmp_path):
    give(known, tmp_path)
    file = tmp_path / "out" / "entities.ftm.json"
    first, again = take(known, file), take(known, file)
    assert (again.again, again.id) == (True, first.id)
    file.write_text(file.read_text().replace("甲公司", "乙公司"))
    changed = take(known, file)
    assert (changed.new_subjects, changed.renamed, changed.new_ties, changed.changed_ties) == (0, 1, 0, 2)
    file.write_text(file.read_text().replace('"Company"', '"Organization"'))
    with pytest.raises(exchange.FileRefused, match=r"line 1, id|line 2, id|line 3, id"):
        take(known, file)


def test_a_refused_file_leaves_nothing_behind(known, tmp_path):
    file = tmp_path / "a.json"
    file.write_text('{"id": "n1", "schema": "Person", "properties": {"name": ["A"]}}\n{"id": "n2", "schema": "Ship"}\n')
    with pytest.raises(exchange.FileRefused):
        take(known, file)
    with known.connect(Role.READER) as connection:
        assert connection.execute("SELECT count(*) FROM engine.subject WHERE tier = 'source'").fetchone() == (0,)


@pytest.mark.parametrize("format_", exchange.FORMATS)
def test_what_a_recipient_told_us_goes_back_to_him_under_his_own_names(known, tmp_path, format_):
    give(known, tmp_path, "a", format_)
    source = tmp_path / "a" if format_ == "csv" else next((tmp_path / "a").iterdir())
    take(known, source, "court")
    with known.connect(Role.WORKER) as connection:
        keys = {row[0] for row in connection.execute("SELECT key FROM engine.subject WHERE tier = 'source'").fetchall()}
        ties = {
            tie(*row[:3], basis=row[3], role=row[4], share=row[5], tier="source", dataset="shareholder")
            for row in connection.execute("SELECT a, b, kind, basis, role, share FROM engine.imported_tie").fetchall()
        }
    give(known, tmp_path, "b", format_, Selection(keys, ties))
    told = []
    for name in ("a", "b"):
        at = tmp_path / name if format_ == "csv" else next((tmp_path / name).iterdir())
        read = exchange.FORMATS[format_].read(at).bundle()
        told.append((
            [(one.id, one.kind, one.name) for one in read.parties],
            [(one.id, one.kind, one.a, one.b, one.role, one.share, one.proof) for one in read.links],
        ))  # fmt: skip
    assert told[0] == told[1]


def test_the_own_identifier_of_a_party_is_not_given_back_where_it_is_an_identity_number(known, tmp_path):
    file = tmp_path / "a.json"
    file.write_text(json.dumps({"id": NUMBER, "schema": "Person", "properties": {"name": ["A"]}}) + "\n")
    take(known, file, "court")
    with known.connect(Role.WORKER) as connection:
        key = connection.execute("SELECT key FROM engine.subject WHERE tier = 'source'").fetchone()[0]
    give(known, tmp_path, selection=Selection({key}))
    assert NUMBER not in (tmp_path / "out" / "entities.ftm.json").read_text()


class Kept:
    """Ties by hand, in the shape of those in force."""

    def __init__(self, *ties):
        self.ties = [SimpleNamespace(**vars(one)) for one in ties]

    def name_of(self, node):
        return node

    def neighbours(self, node, kinds=(), as_of=None, limit=100):
        near = [one for one in self.ties if node in (one.a, one.b) and (not kinds or one.kind in kinds)]
        return SimpleNamespace(ties=tuple(near[:limit]), total=len(near))


def test_a_neighbourhood_goes_as_far_as_asked_and_names_no_shared_thing():
    kept = Kept(tie("a", "b", "kin"), tie("b", "c", "ownership"), tie("c", "d", "ownership"),
                tie("a", "phone:12", "phone"), tie("e", "phone:12", "phone", tier="T3"))  # fmt: skip
    near = exchange.neighbourhood(kept, ["a"], 1)
    assert near.keys == {"a", "b", "e"}
    assert {(one.a, one.b, one.kind, one.tier) for one in near.ties} == {
        ("a", "b", "kin", "T1"),
        ("a", "e", "phone", "T3"),
    }
    assert exchange.neighbourhood(kept, ["a"], 2).keys == {"a", "b", "c", "e"}
    assert {(one.a, one.b) for one in exchange.among(kept, ["b", "c", "e"]).ties} == {("b", "c")}


def test_what_very_many_share_ties_nobody_and_is_said():
    kept = Kept(*(tie(f"n{i}", "address:1", "address") for i in range(60)))
    near = exchange.neighbourhood(kept, ["n1"], 1)
    assert near.keys == {"n1"}
    assert near.cut == {"address shared by more than 50": 1}


def test_a_folder_that_cannot_be_made_is_named(known, tmp_path):
    (tmp_path / "mine").write_text("x")
    with pytest.raises(exchange.FolderUnwritable, match="name another folder"):
        give(known, tmp_path, "mine/out")
