"""A made-up province, at a size of twelve villages."""

import datetime as dt
import json
from pathlib import Path

import pytest

from steelyard import detect
from steelyard.catalogue import load_catalogue
from steelyard.engines.duck import rows
from steelyard.kit.home import Home
from steelyard.pool import Pool, PoolNotEmpty
from steelyard.synth import Found, Size, World, make, score
from steelyard.synth.scale import build, truth
from steelyard.synth.scale.size import TooSmall

UNTIL = dt.date(2026, 11, 20)
SMALL = World(Size(12, every=400, village_every=12), 7, UNTIL)
CATALOGUE = load_catalogue(Path(__file__).parents[5] / "catalogue")
TABLES = {made.dataset: made for made in build.tables(SMALL.size)}
WITH_WRONGS = 159
NOT_YET: set[str] = set()
"""Fields with models of which the made-up province has no wrongs yet; it finds nothing of theirs."""


@pytest.fixture(scope="module")
def engine():
    found = build.engine(SMALL)
    yield found
    found.close()


def query(made, first=0, last=12):
    return build.Piece(made, first, last, 0).sql()


def home_in(folder):
    return Home(folder).make()


@pytest.mark.parametrize("made", TABLES.values(), ids=TABLES)
def test_rows_are_as_their_contract_wants_them(engine, made):
    contract = CATALOGUE.contracts[made.dataset]
    given = [row[0] for row in engine.execute(f"DESCRIBE {query(made)}").fetchall()]
    assert set(given) <= set(contract.columns)
    cast = ", ".join(f"CAST({name} AS {contract.schema[name]}) AS {name}" for name in given)
    engine.execute(f"CREATE OR REPLACE TABLE made AS SELECT {cast} FROM ({query(made)})")
    total, keys = engine.execute(f"SELECT count(*), count(DISTINCT ({', '.join(contract.key)})) FROM made").fetchall()[
        0
    ]
    assert total == keys > 0
    for column in contract.columns.values():
        if column.required:
            assert engine.execute(f"SELECT count(*) FROM made WHERE {column.name} IS NULL").fetchall() == [(0,)]
        if column.vocabulary and column.name in given:
            met = {row[0] for row in engine.execute(f"SELECT DISTINCT {column.name} FROM made").fetchall()}
            assert met - {None} <= set(column.vocabulary.terms if hasattr(column.vocabulary, "terms") else met)


@pytest.mark.parametrize("made", TABLES.values(), ids=TABLES)
def test_rows_do_not_depend_on_how_a_table_is_cut(engine, made):
    whole = engine.execute(f"SELECT * FROM ({query(made)}) ORDER BY ALL").fetchall()
    parts = f"SELECT * FROM ({query(made, 0, 5)}) UNION ALL SELECT * FROM ({query(made, 5, 12)})"
    assert engine.execute(f"SELECT * FROM ({parts}) ORDER BY ALL").fetchall() == whole


def test_no_dataset_is_made_by_two_nouns():
    made = [made.dataset for made in build.tables(SMALL.size)]
    assert sorted(made) == sorted(set(made))


def test_tables_said_to_be_in_order_are(engine):
    for made in TABLES.values():
        if made.ordered:
            first = CATALOGUE.contracts[made.dataset].cluster_by[0]
            met = [row[first] for row in rows(engine, query(made))]
            assert met == sorted(met), made.dataset


def test_another_seed_makes_another_province(engine):
    other = build.engine(World(SMALL.size, 8, UNTIL))
    asked = query(TABLES["bid"])
    assert other.execute(asked).fetchall() != engine.execute(asked).fetchall()
    other.close()


def test_every_kind_of_wrong_and_look_alike_lies_somewhere(engine):
    for kind in (*truth.planted(SMALL.size), *truth.look_alikes(SMALL.size)):
        source = kind.source.replace("{first}", "0").replace("{last}", "12")
        assert engine.execute(f"SELECT count(*) FROM {source}").fetchall() != [(0,)], kind


def test_fewer_villages_than_kinds_of_wrongs_are_refused():
    with pytest.raises(TooSmall):
        Size(8)


class Interrupted(Exception):
    pass


def test_an_interrupted_making_is_gone_on_with(tmp_path, clean_engine, monkeypatch):
    monkeypatch.setattr(build, "_written", one_by_one)
    home, finished = home_in(tmp_path), []

    def stop(what, done, total):
        finished.append(what)
        if len(finished) == 20:
            raise Interrupted

    with pytest.raises(Interrupted):
        make(CATALOGUE, home, clean_engine, SMALL, watch=stop)
    assert Pool(home, clean_engine, CATALOGUE.contracts).current().number == 0
    again = []
    made = make(CATALOGUE, home, clean_engine, SMALL, watch=lambda what, done, total: again.append(what))
    assert not set(finished[:19]) & set(again)
    assert set(finished) | set(again) == set(TABLES)
    pool = Pool(home, clean_engine, CATALOGUE.contracts)
    assert set(pool.current().tables) == set(TABLES)
    assert made.pool_version == pool.current().number
    with pytest.raises(PoolNotEmpty):
        make(CATALOGUE, home, clean_engine, SMALL)


def test_every_planted_wrong_is_found_and_nothing_else(tmp_path, clean_engine, monkeypatch):
    monkeypatch.setattr(build, "_written", one_by_one)
    home = home_in(tmp_path)
    made = make(CATALOGUE, home, clean_engine, SMALL)
    detect.run(Pool(home, clean_engine, CATALOGUE.contracts), CATALOGUE, clean_engine, UNTIL + dt.timedelta(days=1))
    with clean_engine.connect() as connection:
        stored = connection.execute("SELECT model, key, model_grade, grade FROM engine.finding").fetchall()
    wrongs = json.loads(made.truth.read_text(encoding="utf-8"))["wrongs"]
    judged = score(wrongs, {}, [Found(*row[:3]) for row in stored])
    assert (judged.missed, judged.surplus) == ([], [])
    ready = {name for name, model in CATALOGUE.models.items() if model.status == "ready"}
    planted = {wrong["model"] for wrong in wrongs}
    assert planted <= ready
    assert {name.split("/")[0] for name in ready - planted} <= NOT_YET
    assert len(planted) == WITH_WRONGS, "a model that had planted wrongs has none any more, or say that more have"
    assert [row for row in stored if row[2] != row[3]] == [], "somebody an alert names is not in the register"


def one_by_one(work, world, making, contracts):
    """In this process, for a test has no time to start others."""
    for piece in work:
        yield piece, build.write_piece(piece, world, making, contracts[piece.made.dataset])
