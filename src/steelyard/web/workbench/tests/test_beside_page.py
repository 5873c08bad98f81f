"""The page of a model's life says what a newer version finds that is watched beside the one that raises alerts."""

from dataclasses import replace

import pytest
from django.urls import reverse

from steelyard.catalogue import load_catalogue
from steelyard.detect import deciding, texts
from steelyard.detect.deciding import Decision
from steelyard.detect.gates import Facts
from steelyard.detect.tests.test_model_life import edited
from steelyard.engines.postgres import Role
from steelyard.kit.catalogue_folder import catalogue_folder
from steelyard.web.workbench import figures
from steelyard.web.workbench.tests.test_motions import COUNTY, DAY, RENT, TOWN, _empty

pytestmark = pytest.mark.django_db
KNOWN = Facts("shadow", COUNTY, DAY, cases=1, references=1, places=1, ready=1, approved_by=("du", "chen"),
              proposed_by="fang", shadow_since=DAY.replace(year=2020), backtest=1, backtest_read=True,
              replaces=True)  # fmt: skip


@pytest.fixture
def watched(web_database, cast, tmp_path):
    """Version 9.0.0 is watched beside the one that raises alerts; each finds one matter that the other does not."""
    _empty(web_database)
    old = load_catalogue(catalogue_folder()).models[RENT]
    new = edited(old, tmp_path, "9.0.0")
    with web_database.transaction(Role.WORKER) as opened:
        for model, phase in ((old, "shadow"), (old, "live-pilot"), (new, "shadow")):
            decision = Decision(phase, COUNTY, DAY, "fang", ("du", "chen"), "because")
            deciding.decide(opened, model, decision, replace(KNOWN, phase=phase))
        [run] = opened.execute(
            "INSERT INTO engine.run (as_of, pool_version) VALUES ('2026-01-05', 1) RETURNING id"
        ).fetchone()
        opened.execute(_OLD, {"run": run, "sha": old.sha256})
        opened.execute(_NEW, {"run": run, "sha": new.sha256})
        assert [version for version, _ in texts.versions(opened, RENT)] == [old.version, "9.0.0"]
    yield cast
    _empty(web_database)


_OLD = """
INSERT INTO engine.finding (fingerprint, model, model_version, model_sha, param_hash, key, grade, model_grade,
    area_code, payload, subjects, title, evidence, state, first_pool_version, last_pool_version, first_run, last_run,
    as_of)
VALUES ('old', 'village-asset/rent-receivable-unpaid', '1.0.0', %(sha)s, '', '{"contract_id": "H1"}', 'red', 'red',
    '339921101201', '{}', '{}', '{}', '[]', 'new', 1, 1, %(run)s, %(run)s, '2026-01-05')
"""
_NEW = """
INSERT INTO engine.beside_finding (sha256, fingerprint, model, version, key, grade, area_code, payload, state,
    first_run, last_run)
VALUES (%(sha)s, 'new', 'village-asset/rent-receivable-unpaid', '9.0.0', '{"contract_id": "H2"}', 'yellow',
    '339921101201', '{}', 'new', %(run)s, %(run)s)
"""


def test_the_page_says_what_would_be_lost(watched, as_user, monkeypatch):
    monkeypatch.setattr(figures, "rulings", lambda _model: {"old": "true_violation"})
    page = as_user(watched.fang).get(reverse("model_life", args=[RENT])).content.decode()
    assert "Version 9.0.0 watched beside" in page
    assert "of these confirmed by people: they would be lost" in page
    assert page.count("list-group-item d-flex justify-content-between gap-3 late") == 1


def test_a_reader_of_another_area_sees_none_of_it(watched, web_database):
    from steelyard.detect.side_by_side import side_by_side

    with web_database.transaction(Role.WORKER) as opened:
        inside = side_by_side(opened, RENT, DAY, area=TOWN)
        elsewhere = side_by_side(opened, RENT, DAY, area="330783")
    assert (inside.only_old, inside.only_new) == (1, 1)
    assert (elsewhere.only_old, elsewhere.only_new) == (0, 0)
