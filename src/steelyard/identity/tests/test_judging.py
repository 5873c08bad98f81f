"""What people say counts before anything else, and is asked once."""

import pytest

from steelyard import identity
from steelyard.engines.postgres import Role
from steelyard.identity.tests.test_linking import BORN, LI, OTHER, ZHANG, link, questions, register
from steelyard.identity.tests.world import VILLAGE


def judge(world, a, b, verdict, by="wang", **more):
    with world.database.transaction(Role.WORKER) as connection:
        return identity.judge(connection, a, b, verdict, "looked at the file", {}, by, **more)


def undo(world, judgement):
    with world.database.transaction(Role.WORKER) as connection:
        return identity.undo(connection, judgement.id, "was wrong", "wang")


def node(world, relief_name):
    return "r:" + str(world.one("SELECT id FROM engine.source_record WHERE name = %s", [relief_name]))


def subject(world, number):
    return "s:" + world.key(number)


@pytest.fixture
def asked(world):
    """张三 stands in a list without a number, in his village; the machine asks whether he is the one it knows."""
    register(world)
    world.land("relief", world.relief("1", "张三"))
    link(world)
    return world


def test_same_holds_at_once_and_is_sure(asked):
    judge(asked, node(asked, "张三"), subject(asked, ZHANG), "same")
    assert asked.seen(sure=True) == {"1": asked.key(ZHANG)}
    assert questions(asked)[0][1] == "answered"


def test_undo_gives_back_what_was_seen_before_and_the_question(asked):
    before = asked.seen()
    made = judge(asked, subject(asked, ZHANG), node(asked, "张三"), "same")
    undo(asked, made)
    assert asked.seen() == before
    assert questions(asked)[0][1] == "open"
    assert asked.all("SELECT reason FROM engine.identity_generation ORDER BY id") == [
        ("link",),
        ("judgement",),
        ("undo",),
    ]


def test_nobody_is_asked_twice_whatever_he_said(asked):
    for verdict in ("unsure", "different"):
        judge(asked, node(asked, "张三"), subject(asked, ZHANG), verdict)
        asked.land("relief", asked.relief("1", "张三", amount=len(verdict)))  # the same row, delivered again
        link(asked, full=True)
        assert [row[1] for row in questions(asked)] == ["answered"]


def test_different_takes_a_link_away_and_keeps_it_away(world):
    register(world)
    world.land("relief", world.relief("1", "张三", birth_date=BORN))
    link(world)
    judge(world, node(world, "张三"), subject(world, ZHANG), "different")
    assert world.seen() == {"1": None}
    world.land("relief", world.relief("1", "张三", birth_date=BORN, amount=3))
    link(world, full=True)
    assert world.seen() == {"1": None}


def test_a_split_subject_is_the_same_subject_when_the_split_is_taken_back(world):
    world.land("relief", *(world.relief(str(n), "赵六", birth_date=BORN) for n in range(3)))
    link(world)
    before = world.seen()
    records = [row[0] for row in world.all("SELECT 'r:' || id FROM engine.source_record ORDER BY id")]
    said = judge(world, records[0], records[2], "different")
    assert len(set(world.seen().values())) == 2
    undo(world, said)
    assert world.seen() == before


def test_a_subject_without_a_number_is_judged_by_its_records(world):
    register(world)
    world.land("relief", *(world.relief(str(n), "赵六", birth_date=BORN) for n in range(2)))
    link(world)
    (key,) = set(world.seen().values())
    said = judge(world, "s:" + key, subject(world, ZHANG), "same")
    assert said.a.startswith("r:")
    assert set(world.seen().values()) == {world.key(ZHANG)}


def test_two_numbers_become_one_subject_by_a_judgement_of_the_two(world):
    register(world)
    judge(world, subject(world, ZHANG), subject(world, LI), "same")
    world.land("relief", world.relief("1", "张三", id_no=ZHANG), world.relief("2", "李四", id_no=LI))
    assert len(set(world.seen(sure=True).values())) == 1


def test_a_judgement_against_what_was_said_before_is_refused(asked):
    one, other = node(asked, "张三"), subject(asked, ZHANG)
    judge(asked, one, other, "same")
    asked.people((OTHER, "张三", BORN, VILLAGE, ""))
    with pytest.raises(identity.Contradiction, match="different numbers"):
        judge(asked, one, subject(asked, OTHER), "same")
    judge(asked, subject(asked, OTHER), subject(asked, ZHANG), "same")
    with pytest.raises(identity.Contradiction, match="judgements"):
        judge(asked, one, subject(asked, OTHER), "different")
    judge(asked, subject(asked, OTHER), other, "different")
    with pytest.raises(identity.Contradiction, match="judgement 3"):
        judge(asked, one, subject(asked, OTHER), "same")


def test_a_later_judgement_of_a_pair_takes_the_place_of_the_earlier(asked):
    pair = node(asked, "张三"), subject(asked, ZHANG)
    judge(asked, *pair, "same")
    judge(asked, *pair, "different")
    assert asked.seen() == {"1": None}
    with asked.database.connect() as connection:
        assert [one.in_force for one in identity.judgements_of(connection, pair)] == [False, True]


def test_where_two_are_needed_nothing_changes_until_another_person_agrees(asked):
    pair = node(asked, "张三"), subject(asked, ZHANG)
    made = judge(asked, *pair, "same", second_needed=True)
    assert asked.seen() == {"1": None}
    assert questions(asked)[0][1] == "answered"
    with asked.database.transaction(Role.WORKER) as connection:
        with pytest.raises(identity.SamePerson):
            identity.second(connection, made.id, "wang")
        identity.second(connection, made.id, "li")
    assert asked.seen(sure=True) == {"1": asked.key(ZHANG)}


def test_two_are_needed_where_a_red_alert_may_follow_or_an_official_is_meant(asked):
    pair = node(asked, "张三"), subject(asked, ZHANG)
    with asked.database.transaction(Role.WORKER) as connection:
        assert not identity.needs_second(connection, *pair)
        connection.execute("INSERT INTO engine.sensitive_subject VALUES (%s, 'official')", [asked.key(ZHANG)])
        assert identity.needs_second(connection, *pair)
    assert judge(asked, *pair, "same").in_force is False


def test_a_confirmed_name_lets_the_rows_in_that_were_held_back(world):
    register(world)
    row = {"id_no": ZHANG, "name": "张叁", "birth_date": BORN, "hukou_village_code": VILLAGE}
    assert world.land("person", row).receipts[0].quarantined == 1
    link(world)
    ((_, _, a, b),) = questions(world)
    said = judge(world, a, b, "same")
    from steelyard.identity.tests.world import DAY

    (again,) = world.pool.replay(assign=world.keys, received_on=DAY)
    assert (again.receipts[0].admitted, again.receipts[0].quarantined) == (1, 0)
    undo(world, said)
    assert world.land("person", row | {"phone": "1"}).receipts[0].quarantined == 1


@pytest.mark.parametrize("words", [("maybe", "because", "li"), ("same", " ", "li"), ("same", "because", " ")])
def test_a_judgement_needs_a_verdict_a_reason_and_a_name(asked, words):
    verdict, reason, by = words
    with pytest.raises(identity.Wordless), asked.database.transaction(Role.WORKER) as connection:
        identity.judge(connection, node(asked, "张三"), subject(asked, ZHANG), verdict, reason, {}, by)
