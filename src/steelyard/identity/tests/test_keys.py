import datetime as dt

import pyarrow as pa
import pytest

from steelyard import identity
from steelyard.engines.duck import connect
from steelyard.engines.postgres import Role
from steelyard.kit import identifiers
from steelyard.pool import Question

DAY = dt.date(2025, 6, 30)
ZHANG = identifiers.make_resident_id("339921", dt.date(1980, 5, 1), 12)
LI = identifiers.make_resident_id("339921", dt.date(1985, 5, 1), 34)
FIRM = identifiers.make_credit_code("91", "339921", "MA0000001")


@pytest.fixture
def keys(clean_engine):
    return identity.IdentityKeys(clean_engine)


def ask(keys, *asked):
    duck = connect(memory_mb=256, threads=1)
    columns = list(zip(*((*entry, 1) if len(entry) == 3 else entry for entry in asked), strict=True))
    table = pa.table([*(pa.array(c, pa.string()) for c in columns[:3]), pa.array(columns[3])],
                     ["kind", "number", "name", "times"])  # fmt: skip
    duck.register("asked", table)
    keys.assign(duck, "asked", "answered", DAY)
    found = duck.execute("SELECT kind, number, name, key, reason FROM answered").fetchall()
    return {entry[:3]: entry[3:] for entry in found}


def test_a_number_gets_one_key_for_ever_and_the_key_says_nothing(keys, clean_engine):
    first = ask(keys, ("person", ZHANG, "张三"))["person", ZHANG, "张三"][0]
    again = ask(identity.IdentityKeys(clean_engine), ("party", ZHANG, ""))["party", ZHANG, ""][0]
    assert first == again
    assert ZHANG[6:] not in first


def test_two_landings_side_by_side_give_one_key(keys, clean_engine):
    other = identity.IdentityKeys(clean_engine)
    ask(keys, ("person", LI, "李四"))
    mine = ask(keys, ("person", ZHANG, "张三"))
    theirs = ask(other, ("person", ZHANG, "张三"))
    assert mine == theirs


def test_spelling_of_a_number_does_not_matter(keys):
    wide = "".join(chr(ord(c) + 0xFEE0) for c in ZHANG)
    found = ask(keys, ("person", ZHANG, ""), ("person", wide, ""), ("person", f" {ZHANG[:6]} {ZHANG[6:]}", ""))
    assert len({key for key, _ in found.values()}) == 1
    assert None not in {key for key, _ in found.values()}


def test_a_number_of_the_wrong_kind_or_with_a_wrong_check_is_none(keys):
    found = ask(keys, ("person", FIRM, ""), ("company", ZHANG, ""), ("person", ZHANG[:-1] + "?", ""), ("org", "x", ""))
    assert set(found.values()) == {(None, "number")}


def test_a_mistyped_resident_number_is_not_taken_for_a_credit_code(keys):
    mistyped = "339921197407270177"
    assert identifiers.is_credit_code(mistyped)
    assert ask(keys, ("party", mistyped, ""))["party", mistyped, ""] == (None, "number")


def test_a_party_may_be_either(keys):
    found = ask(keys, ("party", FIRM, "甲公司"), ("party", ZHANG, "张三"))
    assert all(key for key, _ in found.values())


def test_a_known_number_under_an_incompatible_name_gets_no_key_and_no_second_one(keys):
    ask(keys, ("person", ZHANG, "张三"))
    found = ask(keys, ("person", ZHANG, "王五"), ("person", ZHANG, "张 三"))
    assert found["person", ZHANG, "王五"] == (None, "name-conflict")
    assert found["person", ZHANG, "张 三"][0] is not None


def test_of_two_new_names_the_frequent_one_is_kept(keys, clean_engine):
    found = ask(keys, ("person", ZHANG, "张三", 9), ("person", ZHANG, "王五", 1))
    assert found["person", ZHANG, "王五"] == (None, "name-conflict")
    key = found["person", ZHANG, "张三"][0]
    with clean_engine.connect(Role.READER) as connection:
        assert identity.names(connection, [key])[key] == identity.Named("person", "张三", "T1")


def test_a_subject_without_a_name_takes_the_first_one_it_is_given(keys, clean_engine):
    key = ask(keys, ("person", ZHANG, ""))["person", ZHANG, ""][0]
    ask(keys, ("person", ZHANG, "张三"))
    with clean_engine.connect(Role.READER) as connection:
        assert identity.names(connection, [key])[key].name == "张三"
    assert ask(keys, ("person", ZHANG, "王五"))["person", ZHANG, "王五"][1] == "name-conflict"


def test_parties_of_publishers_stand_at_their_own_tier(keys, clean_engine):
    number = "src:ocds-abc123:XX-TIN:22"
    key = ask(keys, ("party", number, "Two Ltd"), ("party", number, "2 Limited"))["party", number, "Two Ltd"][0]
    with clean_engine.connect(Role.READER) as connection:
        assert identity.names(connection, [key])[key].tier == "source"


def test_a_body_keeps_its_key_whatever_it_is_called(keys):
    ask(keys, ("org", FIRM, "清源县水利局"))
    key, reason = ask(keys, ("org", FIRM, "县水务管理处"))["org", FIRM, "县水务管理处"]
    assert (key is not None, reason) == (True, "org-name")


def test_numbers_lead_to_keys_for_workers_and_not_for_readers(keys, clean_engine):
    key = ask(keys, ("person", ZHANG, "张三"))["person", ZHANG, "张三"][0]
    with clean_engine.connect(Role.WORKER) as connection:
        assert identity.key_of(connection, ZHANG.lower()) == key
        assert identity.keys_of(connection, [LI]) == {}
    with clean_engine.connect(Role.READER) as connection, pytest.raises(Exception, match="permission denied"):
        identity.key_of(connection, ZHANG)


def test_a_question_is_asked_once_and_shows_no_number(keys, clean_engine):
    delivery = "11111111-1111-1111-1111-111111111111"
    question = Question(delivery, "person", "person_id", "a.csv", 3, "number", ZHANG, "张三")
    with clean_engine.transaction(Role.WORKER) as connection:
        keys.ask(connection, [question, question])
    with clean_engine.connect(Role.READER) as connection:
        (found,) = identity.questions(connection)
        assert (found.masked, found.row) == ("339921************", 3)
        assert identity.question_counts(connection) == {"number": 1}
