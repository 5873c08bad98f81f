"""No red rests on one person's word: what a word would make models say is looked at before it counts."""

from dataclasses import replace

import pytest
from django.urls import reverse

from steelyard import detect
from steelyard.catalogue import Evidence, load_catalogue
from steelyard.catalogue.model import Needs
from steelyard.contracts import load_contracts
from steelyard.engines.postgres import Role
from steelyard.identity.tests.world import VILLAGE
from steelyard.kit.catalogue_folder import catalogue_folder
from steelyard.web.subjects import carrying
from steelyard.web.subjects.tests.conftest import ZHANG

pytestmark = pytest.mark.django_db
TWICE = "village-relief/paid-twice"
SQL = (
    "SELECT r.person_id, MAX(r.village_code) AS village_code, COUNT(*) AS times, 'red' AS grade FROM relief AS r "
    "WHERE r.person_id IS NOT NULL GROUP BY r.person_id HAVING COUNT(*) >= 2"
)
SHOWN = "SELECT r.relief_id, r.amount FROM relief AS r JOIN hit AS h ON h.person_id = r.person_id ORDER BY r.relief_id"


@pytest.fixture
def paid_twice(asked, settings, monkeypatch):
    """A model that says red of whoever was paid twice: 张三 was, if the row without a number is his."""
    whole = load_catalogue(catalogue_folder())
    pattern = whole.models["village-project/former-employer-contractor"]
    model = replace(
        pattern, id=TWICE, sql=SQL, key=("person_id",), unit=("person_id",), subjects={"person_id": "person"},
        area="village_code", parameters={},
        data={"relief": Needs("relief", ("relief_id", "person_id", "village_code"))},
        evidence=(Evidence("reliefs", pattern.title, SHOWN),),
    )  # fmt: skip
    relief = load_contracts(settings.STEELYARD_CATALOGUE / "contracts")["relief"]
    catalogue = replace(whole, contracts={**whole.contracts, "relief": relief}, relations={}, models={TWICE: model})
    monkeypatch.setattr(carrying, "load_catalogue", lambda *_folders: catalogue)
    asked.land("relief", asked.relief("3", "张三", id_no=ZHANG, village_code=VILLAGE))
    asked.catalogue = catalogue
    with asked.database.transaction(Role.WORKER) as connection:
        connection.execute(
            "INSERT INTO engine.release (model, version, sha256, phase, valid_from, decided_by, reason) "
            "VALUES (%s, %s, %s, 'promoted', '2000-01-01', 'fang', 'in use')",
            [model.id, model.version, model.sha256],
        )
    return asked


def grades(world):
    return [row[0] for row in world.all("SELECT grade FROM engine.finding WHERE state <> 'vanished'")]


def say(client, pair):
    return client.post(
        reverse("review_judge", args=[pair]), {"verdict": "same", "reason": "the same house, asked by telephone"}
    )


def test_a_word_that_would_make_a_red_waits_for_a_second(paid_twice, pair, as_user, work_off):
    world = paid_twice
    assert detect.run(world.pool, world.catalogue, world.database).new == 0
    say(as_user(world.cast.steward), pair)
    work_off()
    assert world.all("SELECT needs_second, second_by FROM engine.judgement") == [(True, None)]
    assert grades(world) == []


def test_two_words_make_it_red(paid_twice, pair, as_user, work_off):
    world = paid_twice
    detect.run(world.pool, world.catalogue, world.database)
    say(as_user(world.cast.steward), pair)
    work_off()
    as_user(world.cast.qi).post(reverse("review_sign", args=[pair]))
    work_off()
    assert grades(world) == ["red"]
