"""What landing keeps of people whom rows name without a usable number."""

import datetime as dt

from steelyard.identity.tests.world import OTHER_VILLAGE, VILLAGE, resident

RECORDS = "SELECT dataset, column_name, name, reason FROM engine.source_record ORDER BY name, column_name"


def test_who_is_named_without_a_number_is_kept_with_what_the_row_tells_of_him(world):
    world.land("relief", world.relief("1", "张三", birth_date="1980-05-01", phone="13900000001", payer_name="李四"))
    assert world.all(RECORDS) == [("relief", "person_id", "张三", ""), ("relief", "payer_id", "李四", "")]
    told = "SELECT birth_date, area_code, phone FROM engine.source_record WHERE name = %s"
    assert world.all(told, ["张三"]) == [(dt.date(1980, 5, 1), VILLAGE, "13900000001")]
    assert world.all(told, ["李四"]) == [(None, None, None)]  # birthday, village and phone are the other one's


def test_who_has_a_usable_number_is_not_kept(world):
    world.land("relief", world.relief("1", "张三", id_no=resident(1)), world.relief("2", ""))
    assert world.all(RECORDS) == []


def test_a_mistyped_number_is_told_covered(world):
    number = resident(1)
    world.land("relief", world.relief("1", "张三", id_no=number[:10] + number[10:].replace("0", "O")))
    assert world.all("SELECT reason, number_masked FROM engine.source_record") == [("number", "339921************")]


def test_a_mistyped_number_still_tells_a_birth_date_that_can_be(world):
    number = resident(1)
    wrong = (number[:-1] + ("1" if number[-1] != "1" else "2"), number[:6] + "18991301" + number[14:], number[:-1])
    world.land("relief", *(world.relief(str(n), f"张{n}", id_no=one) for n, one in enumerate(wrong)))
    told = world.all("SELECT birth_date FROM engine.source_record ORDER BY name")
    assert told == [(dt.date(1980, 5, 1),), (None,), (None,)]


def test_rows_that_were_not_let_in_leave_no_record(world):
    world.land("relief", world.relief("1", "张三", amount=-1), world.relief("2", "李四"))
    assert [row[2] for row in world.all(RECORDS)] == ["李四"]


def test_a_number_under_another_name_is_one_record_however_many_rows_say_so(world):
    world.people((resident(1), "张三", "1980-05-01", VILLAGE, ""))
    world.land("relief", *(world.relief(str(n), "王五", id_no=resident(1)) for n in range(3)))
    world.people((resident(1), "王五", "1980-05-01", VILLAGE, ""))  # held back: a register must have the number
    assert world.all("SELECT reason, conflict_key, count(*) OVER () FROM engine.source_record") == [
        ("name-conflict", world.key(resident(1)), 1)
    ]
    assert world.one("SELECT count(*) FROM engine.record_place") == 3


def test_a_row_delivered_again_is_the_same_record_at_its_newest_place(world):
    world.land("relief", world.relief("1", "张三"))
    before = world.one("SELECT id FROM engine.source_record")
    landing = world.land("relief", world.relief("1", "张三", amount=20))
    assert world.one("SELECT id FROM engine.source_record") == before
    assert str(world.one("SELECT delivery FROM engine.source_record")) == landing.delivery
    assert world.one("SELECT count(*) FROM engine.record_place") == 2


def test_a_record_of_which_more_is_told_is_looked_at_again(world):
    world.land("relief", world.relief("1", "张三"), world.relief("2", "李四"))
    with world.database.transaction() as connection:
        connection.execute("UPDATE engine.source_record SET since = 7")
    world.land("relief", world.relief("1", "张三", village_code=OTHER_VILLAGE), world.relief("2", "李四", amount=5))
    assert world.all("SELECT name, since FROM engine.source_record ORDER BY name") == [("张三", 0), ("李四", 7)]


def test_another_name_in_the_same_row_is_another_record(world):
    world.land("relief", world.relief("1", "张三"))
    world.land("relief", world.relief("1", "李四"))
    assert world.one("SELECT count(*) FROM engine.source_record") == 2
