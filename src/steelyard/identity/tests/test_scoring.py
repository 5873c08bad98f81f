"""The statistical step: learnt from the pool, kept with its charts, and never against what people said."""

import datetime as dt
import random

import pytest

from steelyard import identity
from steelyard.identity.linkage import NothingToLearn
from steelyard.identity.tests.test_judging import judge
from steelyard.identity.tests.test_linking import link
from steelyard.identity.tests.world import resident

SURNAMES, GIVEN = "王李张刘陈杨黄赵周吴徐孙朱马胡", "伟芳娜敏静丽强磊洋艳勇军杰娟涛明超秀霞平刚桂英华文辉玲"


def county(chance, size):
    people = []
    for n in range(size):
        born = dt.date(1940, 1, 1) + dt.timedelta(days=chance.randrange(25_000))
        name = chance.choice(SURNAMES) + chance.choice(GIVEN) + chance.choice(GIVEN)
        village = f"3399211012{chance.randrange(1, 13):02d}"
        people.append((resident(n % 999, born), name, born.isoformat(), village, f"139{chance.randrange(10**8):08d}"))
    return people


@pytest.fixture
def taught(world):
    """A register of 1,500, and 200 rows that name some of them: half moved, of the others a birth date is missing."""
    chance = random.Random(7)
    people = list({number: one for one in county(chance, 1_500) for number in one[:1]}.values())
    world.people(*people)
    lines = []
    for n, (_, name, born, village, phone) in enumerate(chance.sample(people, 200)):
        moved = n % 2 == 0
        lines.append(world.relief(
            str(n), name, birth_date=born if moved or n % 3 else "", village_code="339921109999" if moved else village,
            phone=phone if n % 5 == 0 else "",
        ))  # fmt: skip
    world.land("relief", *lines)
    world.model = identity.train(world.database, world.pool, "person")
    return world


def test_who_moved_is_found_by_likeness_and_raises_nothing_red(taught):
    made = link(taught)
    assert made.models == {"person": taught.model.version}
    assert made.edges.get("T3", 0) > 20
    assert not any(taught.seen(sure=True).values())
    assert taught.one("SELECT charts <> '{}' FROM engine.linkage_model") is True
    assert link(taught).generation is None


def test_a_judgement_outlives_a_model_learnt_anew(taught):
    link(taught)
    a, b = taught.all("SELECT a, b FROM engine.link_edge WHERE tier = 'T3' AND until IS NULL ORDER BY a LIMIT 1")[0]
    judge(taught, a, b, "different")
    identity.train(taught.database, taught.pool, "person", seed=3)
    link(taught, full=True, reason="retrain")
    assert taught.all("SELECT 1 FROM engine.resolution WHERE until IS NULL AND 'r:' || record = %s", [a]) == []


def test_nothing_is_learnt_from_nothing(world):
    with pytest.raises(NothingToLearn):
        identity.train(world.database, world.pool, "person")
