"""A model learnt without labels, and what it says of records."""

import datetime as dt
import json

import pyarrow as pa
import pytest

from steelyard.engines.duck import connect
from steelyard.identity.linkage import NothingToLearn, score, tiered, train
from steelyard.identity.linkage.blocking import PERSON, columns_of, pairs, within_bound
from steelyard.identity.linkage.engine import DuckEngine
from steelyard.identity.linkage.prepared import prepare
from steelyard.identity.linkage.settings import COMPANY
from steelyard.identity.linkage.settings import PERSON as PERSON_BLUEPRINT
from steelyard.identity.linkage.zh_set import generate

SMALL = (4_000, 1_200)


@pytest.fixture(scope="module")
def duck():
    connection = connect(memory_mb=600, threads=1)
    yield connection
    connection.close()


@pytest.fixture(scope="module")
def made(duck):
    made = generate(5, *SMALL)
    engine = DuckEngine(duck)
    engine.load("register", made.register)
    engine.load("listed", made.listed)
    return made


@pytest.fixture(scope="module")
def model(duck, made):
    return train(duck, "register", "person", 5, "listed")


@pytest.fixture(scope="module")
def edges(duck, made, model):
    return score(duck, "listed", "register", model)


def test_the_set_is_the_same_for_a_seed_and_another_for_another(made):
    assert generate(5, *SMALL).listed == made.listed
    assert generate(6, *SMALL).listed != made.listed
    assert (made.register.num_rows, made.listed.num_rows) == SMALL


def test_the_set_has_what_makes_it_hard(made):
    rows = made.register.to_pylist()
    villages = {row["area_code"] for row in rows}
    shares = []
    for village in villages:
        names = [row["surname"] for row in rows if row["area_code"] == village]
        shares.append(max(names.count(name) for name in set(names)) / len(names))
    assert sum(share >= 0.3 for share in shares) >= len(villages) // 3
    numbers = [row["id_no"] for row in rows]
    assert len(set(numbers)) < len(numbers)
    born = [(row["surname"], row["birth_date"], row["address"], row["area_code"]) for row in rows]
    assert len(born) - len(set(born)) > 5
    listed = made.listed.to_pylist()
    assert all(row["id_no"] is None for row in listed)
    assert 0.1 < sum(row["birth_date"] is None for row in listed) / len(listed) < 0.2
    assert any(row["name"] != row["name_form"] for row in listed)
    assert None in made.truth.values()


def test_linked_records_are_right_and_most_are_linked(made, edges):
    linked = {row["a"]: row["b"] for row in tiered(edges).to_pylist() if row["tier"] == "T3"}
    wrong = [a for a, b in linked.items() if made.truth[a] != b]
    assert len(wrong) <= 2
    assert len(linked) > 0.85 * len(made.truth)


def test_the_same_seed_gives_the_same_version_and_another_seed_another(duck, model):
    again = train(duck, "register", "person", 5, "listed")
    assert again.version == model.version
    assert again.settings == model.settings
    assert train(duck, "register", "person", 6, "listed").version != model.version


def test_a_model_survives_json_and_keeps_its_charts(duck, model, edges):
    stored = json.loads(json.dumps({"settings": model.settings, "charts": model.charts, "facts": model.facts}))
    again = score(duck, "listed", "register", type(model)(model.version, model.kind, **stored))
    assert sorted(again.to_pylist(), key=str) == sorted(edges.to_pylist(), key=str)
    assert "$schema" in model.charts["match_weights"]
    assert model.charts["m_u_parameters"]["data"]["values"]


def test_evidence_names_every_comparison_and_adds_up_to_the_weight(edges):
    for row in edges.slice(0, 200).to_pylist():
        evidence = json.loads(row["evidence"])
        weights = [told["weight"] for told in evidence.values() if isinstance(told, dict)]
        assert set(evidence) >= {"name", "birth", "sex", "place", "phone", "clan"}
        odds = evidence["prior"] / (1 - evidence["prior"])
        assert 2 ** (row["weight"] - sum(weights)) == pytest.approx(odds, rel=0.1)


def test_a_batch_scores_as_it_does_among_all_others(duck, model, edges):
    duck.execute("CREATE OR REPLACE TABLE batch AS SELECT * FROM listed WHERE unique_id < 'r:0000040'")
    alone = {(r["a"], r["b"]): r["weight"] for r in score(duck, "batch", "register", model).to_pylist()}
    among = {(r["a"], r["b"]): r["weight"] for r in edges.to_pylist() if r["a"] < "r:0000040"}
    assert alone.keys() == among.keys()
    assert all(alone[pair] == pytest.approx(among[pair], abs=0.5) for pair in alone)


def test_nothing_of_the_work_stays_in_the_callers_engine(duck, edges):
    names = {row[0] for row in duck.execute("SELECT table_name FROM information_schema.tables").fetchall()}
    assert not {name for name in names if "linkage_" in name or "splink" in name}


def test_a_twin_of_another_name_is_a_question_and_never_a_link(duck, model):
    columns = ("unique_id", "name", "surname", "birth_date", "sex", "area_code", "address")
    born, village = dt.date(1988, 3, 4), "339921001201"
    duck.register("twins", pa.Table.from_pylist([dict(zip(columns, row, strict=True)) for row in
                  [("s:1", "钱家明", "钱", born, "1", village, "3组9号")]]))  # fmt: skip
    duck.register("asked", pa.Table.from_pylist([dict(zip(columns, row, strict=True)) for row in
                  [("r:1", "钱家亮", "钱", born, "1", village, "3组9号")]]))  # fmt: skip
    (edge,) = tiered(score(duck, "asked", "twins", model)).to_pylist()
    assert edge["tier"] == "T4"
    assert json.loads(edge["evidence"])["caution"] == "siblings"


def test_a_base_without_any_pair_teaches_nothing(duck):
    duck.execute("CREATE OR REPLACE TABLE lonely AS SELECT * FROM register LIMIT 1")
    with pytest.raises(NothingToLearn, match="nothing to train"):
        train(duck, "lonely", "person", 1)


def test_no_rule_rests_on_surname_sex_or_village_alone():
    assert all(len(columns_of(rule)) > 1 or columns_of(rule) == ("called",) for rule in PERSON)
    assert not any(set(columns_of(rule)) <= {"surname", "sex", "village", "birth_year"} for rule in PERSON)


def test_a_rule_that_brings_too_many_pairs_is_left_out(duck, made):
    engine = DuckEngine(duck)
    duck.execute("CREATE OR REPLACE TABLE few AS SELECT surname, sex FROM register LIMIT 500")
    rules = ("l.surname = r.surname", "l.surname = r.surname AND l.sex = r.sex")
    brought = [pairs(engine, "few", None, rule) for rule in rules]
    by_hand = duck.execute(
        "SELECT count(*) FROM few l JOIN few r ON l.surname = r.surname AND l.rowid < r.rowid"
    ).fetchall()
    assert brought[0] == by_hand[0][0] > brought[1]
    kept, counted = within_bound(engine, "few", None, rules, most=brought[1])
    assert kept == [rules[1]]
    assert counted == dict(zip(rules, brought, strict=True))


def test_nobody_is_linked_where_nobody_is(duck, model):
    duck.execute("CREATE OR REPLACE TABLE nobody AS SELECT * FROM listed LIMIT 0")
    assert score(duck, "nobody", "register", model).num_rows == 0
    assert score(duck, "listed", "nobody", model).num_rows == 0


def test_one_list_is_searched_for_people_named_twice(duck, made, model):
    found = tiered(score(duck, "listed", None, model)).to_pylist()
    assert all(row["a"] < row["b"] for row in found)
    linked = [(row["a"], row["b"]) for row in found if row["tier"] == "T3"]
    assert len(linked) >= 10
    assert sum(made.truth[a] != made.truth[b] for a, b in linked) == 0


def company(number, name, brand, representative, *, region="青溪", phone=None, address=None):
    return {"unique_id": number, "name": name, "name_form": name, "brand": brand, "region": region,
            "legal_form": "有限公司", "representative": representative, "phone": phone, "address": address}  # fmt: skip


def test_companies_are_linked_by_brand_region_and_representative_and_not_by_their_form(duck):
    letters = "安邦昌达恒泰金瑞祥云宏盛嘉联诚信广源东升"
    brands = [a + b for a in letters for b in letters if a != b]
    base = [company(f"s:{n:04d}", f"青溪{b}建设有限公司", b, f"王{b}", phone=f"0570{n:07d}", address=f"{n}号")
            for n, b in enumerate(brands)]  # fmt: skip
    asked = [company(f"r:{n:04d}", f"青溪{b}{'建设' if n % 3 else '建筑'}有限公司", b, f"王{b}",
                     phone=f"0570{n:07d}" if n % 2 else None) for n, b in enumerate(brands[:200])]  # fmt: skip
    duck.register("companies", pa.Table.from_pylist(base))
    duck.register("asked_companies", pa.Table.from_pylist(asked))
    learnt = train(duck, "companies", "company", 3, "asked_companies")
    found = tiered(score(duck, "asked_companies", "companies", learnt)).to_pylist()
    linked = [(row["a"], row["b"]) for row in found if row["tier"] == "T3"]
    assert len(linked) >= 160
    assert all(a[2:] == b[2:] for a, b in linked)


def test_sound_and_brand_are_derived_where_a_relation_does_not_bring_them(duck):
    columns = ("unique_id", "name", "name_form")
    duck.register("unread", pa.Table.from_pylist([dict(zip(columns, ("s:1", "章伟", "章伟"), strict=True))]))
    prepare(DuckEngine(duck), PERSON_BLUEPRINT, "unread", "read_one")
    assert duck.execute("SELECT pinyin, surname, given FROM read_one").fetchall() == [("zhang wei", "章", "伟")]
    name = "清源县宏远建设工程有限公司"
    duck.register("unsplit", pa.Table.from_pylist([dict(zip(columns, ("s:1", name, name), strict=True))]))
    prepare(DuckEngine(duck), COMPANY, "unsplit", "split_one")
    assert duck.execute("SELECT brand, region, legal_form FROM split_one").fetchall() == [
        ("宏远", "清源县", "有限公司")
    ]
