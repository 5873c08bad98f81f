"""What findings show does not depend on whether the tables behind it are cut to what leads to them."""

import datetime as dt
from pathlib import Path

import pytest

from steelyard import detect
from steelyard.catalogue import Catalogue, load_catalogue
from steelyard.engines.postgres import Database
from steelyard.kit.home import Home
from steelyard.pool import Pool
from steelyard.synth import Size, World, make
from steelyard.synth.scale import build

DAY = dt.date(2026, 11, 21)
SMALL = World(Size(12, every=400, village_every=12), 7, DAY - dt.timedelta(days=1))
CATALOGUE = load_catalogue(Path(__file__).parents[1] / "catalogue")


@pytest.fixture
def pool(tmp_path, clean_engine, monkeypatch):
    monkeypatch.setattr(build, "_written", in_this_process)
    home = Home(tmp_path).make()
    make(CATALOGUE, home, clean_engine, SMALL)
    return Pool(home, clean_engine, CATALOGUE.contracts)


def in_this_process(work, world, making, contracts):
    for piece in work:
        yield piece, build.write_piece(piece, world, making, contracts[piece.made.dataset])


def first_look(pool: Pool, catalogue: Catalogue, database: Database) -> dict[tuple[str, str], list[object]]:
    """By model and finding what a first look freezes."""
    with database.transaction() as connection:
        for table in ("finding", "model_cursor"):
            connection.execute(f"DELETE FROM engine.{table}")
    report = detect.run(pool, catalogue, database, DAY)
    assert not report.failed
    with database.connect() as connection:
        listed = list(detect.findings_since(connection, 0, 100_000))
    return {(one.model, one.fingerprint): list(one.evidence) for one in listed}


def test_evidence_of_every_model_is_the_same_cut_and_whole(pool, clean_engine, monkeypatch):
    cut = first_look(pool, CATALOGUE, clean_engine)
    monkeypatch.setattr("steelyard.detect.evaluation.EvidenceSlices", lambda *_args, **_options: None)
    whole = first_look(pool, CATALOGUE, clean_engine)
    assert cut.keys() == whole.keys()
    assert len({model for model, _ in cut}) > 150
    assert sorted({model for (model, name), shown in whole.items() if shown != cut[model, name]}) == []
