"""How sure an edge is."""

import datetime as dt
import json

import pyarrow as pa
import pytest

from steelyard.engines.duck import connect
from steelyard.identity.linkage import exact, tiered

BORN = dt.date(1971, 4, 5)
COLUMNS = ("unique_id", "name", "name_form", "pinyin", "surname", "birth_date", "sex", "area_code", "phone", "address",
           "id_no")  # fmt: skip


def scored(a, b, weight, evidence="{}"):
    return {"a": a, "b": b, "weight": weight, "probability": 1 - 1 / (1 + 2**weight), "evidence": evidence}


def tiers(*edges):
    return {(row["a"], row["b"]): row["tier"] for row in tiered(edges).to_pylist()}


def test_a_sure_match_alone_is_t3_and_a_doubtful_one_a_question():
    assert tiers(scored("r:1", "s:1", 9.0), scored("r:2", "s:2", 4.0), scored("r:3", "s:3", 1.0)) == {
        ("r:1", "s:1"): "T3", ("r:2", "s:2"): "T4", ("r:3", "s:3"): None,
    }  # fmt: skip


def test_without_a_margin_to_the_second_best_neither_is_linked():
    assert set(tiers(scored("r:1", "s:1", 12.0), scored("r:1", "s:2", 8.0)).values()) == {"T4"}
    assert tiers(scored("r:1", "s:1", 14.0), scored("r:1", "s:2", 8.0)) == {
        ("r:1", "s:1"): "T3", ("r:1", "s:2"): "T4",
    }  # fmt: skip


def test_a_subject_may_have_many_records():
    assert set(tiers(scored("r:1", "s:1", 9.0), scored("r:2", "s:1", 9.0)).values()) == {"T3"}


def test_records_that_are_surely_one_are_no_rivals_of_each_other():
    three = [scored("r:1", "r:2", 9.0), scored("r:2", "r:3", 10.0), scored("r:1", "r:3", 11.0)]
    assert set(tiers(*three).values()) == {"T3"}
    assert tiers(*three[:2]) == {("r:1", "r:2"): "T4", ("r:2", "r:3"): "T4"}


def test_a_caution_keeps_a_heavy_edge_a_question():
    assert tiers(scored("r:1", "s:1", 20.0, '{"caution":"siblings"}')) == {("r:1", "s:1"): "T4"}


def row(unique_id, name="李明", born=BORN, area="339921001201", phone=None, id_no=None):
    return dict(zip(COLUMNS, (unique_id, name, name, None, name[0], born, "1", area, phone, None, id_no), strict=True))


@pytest.fixture
def duck():
    connection = connect(memory_mb=300, threads=1)
    yield connection
    connection.close()


def found(duck, records, base):
    duck.register("records", pa.Table.from_pylist(records))
    duck.register("base", pa.Table.from_pylist(base))
    return {(row["a"], row["b"]): row["tier"] for row in exact(duck, "records", "base", "person").to_pylist()}


def test_one_number_is_t1_and_under_another_name_t1x(duck):
    base = [row("s:1", id_no="330"), row("s:2", "王芳", area="339921001202", id_no="331")]
    records = [row("r:1", born=None, id_no="330"), row("r:2", "赵军", born=None, id_no="331")]
    assert found(duck, records, base) == {("r:1", "s:1"): "T1", ("r:2", "s:2"): "T1x"}


def test_name_with_birth_date_and_village_or_with_phone_is_t2(duck):
    base = [row("s:1"), row("s:2", "王芳", area="339921001209", phone="13800000001")]
    records = [row("r:1"), row("r:2", "王芳", born=None, phone="13800000001"), row("r:3", "王芳", born=None)]
    assert found(duck, records, base) == {("r:1", "s:1"): "T2", ("r:2", "s:2"): "T2"}


def test_two_candidates_by_t2_are_left_to_people(duck):
    assert found(duck, [row("r:1")], [row("s:1"), row("s:2")]) == {}


def test_evidence_passes_through(duck):
    (edge,) = tiered([scored("r:1", "s:1", 9.0, '{"name":{"level":"same form","weight":11.20}}')]).to_pylist()
    assert json.loads(edge["evidence"])["name"]["level"] == "same form"
