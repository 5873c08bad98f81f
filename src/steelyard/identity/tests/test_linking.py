"""The link job: who is found by joins, what is asked, and what a second run does."""

from steelyard import identity
from steelyard.identity.tests.world import OTHER_VILLAGE, VILLAGE, resident

BORN = "1980-05-01"
GIVEN = "伟芳娜敏静丽强磊洋艳勇军杰娟涛明超秀霞平"
ZHANG, LI, OTHER = resident(1), resident(2), resident(3)


def link(world, **more):
    return identity.link(world.database, world.pool, **more)


def questions(world):
    return world.all("SELECT kind, state, a, b FROM engine.review_item ORDER BY id")


def register(world):
    world.people((ZHANG, "张三", BORN, VILLAGE, "13900000001"), (LI, "李四", "1985-05-01", VILLAGE, ""))


def test_name_birth_date_and_village_together_find_a_person_and_raise_nothing_red(world):
    register(world)
    world.land("relief", world.relief("1", "张三", birth_date=BORN), world.relief("2", "王五", birth_date=BORN))
    made = link(world)
    assert made.generation == 1
    assert world.seen() == {"1": world.key(ZHANG), "2": None}
    assert world.seen(sure=True) == {"1": None, "2": None}
    assert made.edges == {"T2": 1}


def test_name_and_phone_find_a_person_unless_the_birth_date_is_another(world):
    register(world)
    world.land(
        "relief", world.relief("1", "张 三", phone="+86 139-0000-0001", village_code=OTHER_VILLAGE),
        world.relief("2", "张三", phone="13900000001", birth_date="1999-01-01"),
    )  # fmt: skip
    link(world)
    assert world.seen() == {"1": world.key(ZHANG), "2": None}


def test_of_two_who_fit_nobody_is_taken_and_both_are_asked_about(world):
    world.people((ZHANG, "张三", BORN, VILLAGE, ""), (OTHER, "张三", BORN, VILLAGE, ""))
    world.land("relief", world.relief("1", "张三", birth_date=BORN))
    link(world)
    assert world.seen() == {"1": None}
    assert [row[:2] for row in questions(world)] == [("pair", "open")] * 2


def test_a_name_is_found_in_traditional_characters_and_other_spellings(world):
    world.people((ZHANG, "張 三", BORN, VILLAGE, ""), (LI, "李·四", BORN, VILLAGE, ""))
    world.land("relief", world.relief("1", "张三", birth_date=BORN), world.relief("2", "李四", birth_date=BORN))
    link(world)
    assert world.seen() == {"1": world.key(ZHANG), "2": world.key(LI)}


def test_a_name_in_its_village_alone_is_a_question(world):
    register(world)
    world.land("relief", world.relief("1", "张三"), world.relief("2", "张三", village_code=OTHER_VILLAGE))
    link(world)
    assert world.seen() == {"1": None, "2": None}
    assert len(questions(world)) == 1


def test_a_name_with_the_birth_date_of_a_mistyped_number_is_a_question(world):
    register(world)
    wrong = ZHANG[:-1] + ("1" if ZHANG[-1] != "1" else "2")
    world.land("relief", world.relief("1", "张三", id_no=wrong, village_code=""))
    link(world)
    assert world.seen() == {"1": None}
    assert world.one("SELECT method FROM engine.link_edge") == "name+birth"


def test_mentions_of_somebody_no_register_knows_become_one_subject(world):
    rows = [world.relief(str(n), "赵六", birth_date=BORN) for n in range(3)]
    world.land("relief", *rows)
    link(world)
    (key,) = set(world.seen().values())
    with world.database.connect() as connection:
        assert identity.names(connection, [key])[key].tier == "T2"
    assert set(world.seen(sure=True).values()) == {None}


def test_a_second_run_with_nothing_new_writes_no_generation(world):
    register(world)
    world.land("relief", world.relief("1", "张三", birth_date=BORN), world.relief("2", "张三"))
    first = link(world)
    again = link(world)
    assert (first.generation, again.generation, again.opened, again.closed) == (1, None, 0, 0)
    assert world.one("SELECT count(*) FROM engine.identity_generation") == 1


def test_whoever_makes_a_match_ambiguous_takes_it_away(world):
    register(world)
    world.land("relief", world.relief("1", "张三", birth_date=BORN))
    link(world)
    world.people((OTHER, "张三", BORN, VILLAGE, ""))
    assert link(world).closed == 1
    assert world.seen() == {"1": None}
    assert world.seen(generation=1) == {"1": world.key(ZHANG)}


def test_a_number_under_another_name_is_a_question_and_nothing_else(world):
    register(world)
    world.land("relief", world.relief("1", "王五", id_no=ZHANG))
    link(world)
    assert world.seen() == {"1": None}
    ((kind, state, a, b),) = questions(world)
    assert (kind, state, a[:2], b) == ("conflict", "open", "r:", "s:" + world.key(ZHANG))


def test_one_number_for_400_names_is_one_question(world):
    register(world)
    world.land("relief", *(world.relief(str(n), f"王{GIVEN[n // 20]}{GIVEN[n % 20]}", id_no=ZHANG) for n in range(10)))
    link(world)
    assert len(questions(world)) == 10
    world.land("relief", *(world.relief(str(n), f"王{GIVEN[n // 20]}{GIVEN[n % 20]}", id_no=ZHANG) for n in range(400)))
    link(world)
    open_ones = [row for row in questions(world) if row[1] == "open"]
    assert [row[0] for row in open_ones] == ["large"]
    assert world.one("SELECT facts ->> 'names' FROM engine.review_item WHERE kind = 'large'") == "400"


def test_mentions_of_a_withdrawn_delivery_stand_no_more(world):
    register(world)
    landing = world.land("relief", world.relief("1", "张三", birth_date=BORN), world.relief("2", "张三"))
    link(world)
    with world.database.transaction() as connection:
        connection.execute("UPDATE engine.delivery SET state = 'withdrawn' WHERE id = %s", [landing.delivery])
    made = link(world)
    assert (made.records, made.resolved, made.questions) == (0, 0, 0)


def test_a_corrected_row_keeps_whom_it_was_held_to_mean(world):
    register(world)
    world.land("relief", world.relief("1", "张三", birth_date=BORN))
    link(world)
    world.land("relief", world.relief("1", "张三", birth_date=BORN, amount=99))
    assert link(world).generation is None
    assert world.seen() == {"1": world.key(ZHANG)}


def test_a_company_is_found_by_its_whole_name_and_county(world):
    from steelyard.kit import identifiers

    code = identifiers.make_credit_code("91", "339921", "MA0000001")
    name = "某县青山建筑有限公司"
    world.land("company", {"uscc": code, "company_name": name, "name": name, "area_code": VILLAGE, "phone": "88001234"})
    world.land("relief", world.relief("1", "", payer_name="某县青山建筑有限责任公司"))
    link(world)
    assert [row[0] for row in questions(world)] == ["pair"]  # nobody says where the payer is
