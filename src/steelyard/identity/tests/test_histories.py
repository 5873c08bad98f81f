"""The same histories told in another order, in other portions, or twice, lead to the same."""

import uuid

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from steelyard import identity
from steelyard.engines.postgres import Role
from steelyard.engines.postgres.tests.shared import empty_engine
from steelyard.identity.tests.test_judging import judge, undo
from steelyard.identity.tests.test_linking import BORN, LI, OTHER, ZHANG, link
from steelyard.identity.tests.world import VILLAGE, World

slow = settings(
    max_examples=6, deadline=None, derandomize=True, phases=[Phase.generate, Phase.explicit],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
rows = st.lists(
    st.fixed_dictionaries(
        {"name": st.sampled_from(["张三", "李四", "赵六"]), "birth_date": st.sampled_from(["", BORN, "1985-05-01"]),
         "phone": st.sampled_from(["", "13900000001", "13900000002"]),
         "id_no": st.sampled_from(["", "", ZHANG, "33992119800501O"])}
    ),
    min_size=1, max_size=8,
)  # fmt: skip
PEOPLE = (
    (ZHANG, "张三", BORN, VILLAGE, "13900000001"),
    (OTHER, "张三", "1985-05-01", VILLAGE, ""),
    (LI, "李四", "1985-05-01", VILLAGE, "13900000002"),
)


def fresh(tmp_path, database):
    """A world of its own in an empty database."""
    empty_engine(database)
    folder = tmp_path / uuid.uuid4().hex
    folder.mkdir()
    made = World(folder, database)
    made.people(*PEOPLE)
    return made


def reliefs(listed):
    return [{"relief_id": str(n), "amount": 1, "village_code": VILLAGE} | row for n, row in enumerate(listed)]


def view(world):
    """Who is read where, with numbers for keys, so that two worlds can be compared."""
    known = {world.key(number): name for number, name, *_ in ((ZHANG, "zhang"), (OTHER, "other"), (LI, "li"))}
    groups = {}
    seen = {n: known.get(key, key) for n, key in world.seen().items()}
    return {n: key if key in (None, "zhang", "other", "li") else groups.setdefault(key, f"new {n}")
            for n, key in sorted(seen.items(), key=lambda item: int(item[0]))}  # fmt: skip


@slow
@given(rows, st.integers(1, 3))
def test_batches_linked_one_by_one_are_linked_as_all_at_once(tmp_path, clean_engine, listed, size):
    world = fresh(tmp_path, clean_engine)
    for start in range(0, len(listed), size):
        world.land("relief", *reliefs(listed)[start : start + size])
        link(world)
    bit_by_bit = view(world)
    world = fresh(tmp_path, clean_engine)
    world.land("relief", *reliefs(listed))
    link(world)
    assert view(world) == bit_by_bit
    assert link(world).generation is None


@slow
@given(rows, st.data())
def test_judgements_outlive_linking_anew_and_can_be_taken_back(tmp_path, clean_engine, listed, data):
    world = fresh(tmp_path, clean_engine)
    world.land("relief", *reliefs(listed))
    link(world)
    records = sorted(row[0] for row in world.all("SELECT 'r:' || id FROM engine.source_record"))
    if not records:
        return
    before, sure = world.seen(), world.seen(sure=True)
    one = data.draw(st.sampled_from(records))
    number = data.draw(st.sampled_from([ZHANG, OTHER, LI]))
    verdict = data.draw(st.sampled_from(["same", "different", "unsure"]))
    said = judge(world, one, "s:" + world.key(number), verdict)
    after = world.seen()
    world.land("relief", *(row | {"amount": 2} for row in reliefs(listed)))
    link(world, full=True, reason="retrain")
    assert world.seen() == after
    assert world.one("SELECT count(*) FROM engine.review_item WHERE state = 'open' AND (a, b) = (%s, %s)",
                     [said.a, said.b]) == 0  # fmt: skip
    undo(world, said)
    assert (world.seen(), world.seen(sure=True)) == (before, sure)


def test_a_person_is_forgotten_with_all_that_names_him(world):
    world.people(*PEOPLE)
    world.land("relief", *reliefs([{"name": "张三", "birth_date": BORN}, {"name": "王五", "id_no": ZHANG},
                                   {"name": "李四"}]))  # fmt: skip
    link(world)
    record = "r:" + str(world.one("SELECT id FROM engine.source_record WHERE name = '张三'"))
    judge(world, record, "s:" + world.key(ZHANG), "same")
    key = world.key(ZHANG)
    people = identity.KnownPeople()
    with world.database.transaction(Role.WORKER) as connection:
        assert [row[2] for row in people.places(connection, key)] == [2]
        people.forget(connection, key)
    assert world.all("SELECT name FROM engine.source_record") == [("李四",)]
    assert world.all("SELECT reason, shown FROM engine.judgement") == [("(erased)", {})]
    of_him = "SELECT count(*) FROM engine.{} WHERE b = 's:' || %s"
    assert [world.one(of_him.format(table), [key]) for table in ("link_edge", "review_item")] == [0, 0]
    assert [world.one(f"SELECT count(*) FROM engine.{table}") for table in ("resolution", "accepted_name")] == [0, 0]
    assert world.seen() == {"0": None, "1": None, "2": None}
