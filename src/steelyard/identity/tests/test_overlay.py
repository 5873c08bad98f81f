import uuid

import pytest

from steelyard.engines.duck import connect
from steelyard.engines.postgres import Role
from steelyard.identity import Overlay, current_generation

D1, D2 = str(uuid.uuid4()), str(uuid.uuid4())
SOURCE = "(SELECT * FROM rent)"
COLUMNS = ["receipt", "payer_id", "handler_id"]
SUBJECTS = ("payer_id", "handler_id")


@pytest.fixture
def known(clean_engine):
    """Two generations: in the first a row's payer is held to be k1 by likeness, in the second by a person's word."""
    with clean_engine.transaction(Role.WORKER) as connection:
        for _ in range(3):
            connection.execute("INSERT INTO engine.identity_generation (reason) VALUES ('link')")
        payer = record(connection, D1, "payer_id", 1)
        handler = record(connection, D1, "handler_id", 1)
        resolve(connection, payer, "k1", "T3", 1, 2)
        resolve(connection, payer, "k1", "H", 2)
        resolve(connection, handler, "k2", "T2", 1)
        connection.execute("INSERT INTO engine.subject_alias VALUES ('k8', 'k9', 3, NULL)")
    return clean_engine


def record(connection, delivery, column, row):
    place = (delivery, "rent", column, "a.csv", row)
    found = connection.execute(
        "INSERT INTO engine.source_record (kind, delivery, dataset, column_name, file, row) "
        "VALUES ('person', %s, %s, %s, %s, %s) RETURNING id", place,
    ).fetchone()[0]  # fmt: skip
    connection.execute("INSERT INTO engine.record_place VALUES (%s, %s, %s, %s, %s, %s)", (found, *place))
    return found


def resolve(connection, found, key, tier, since, until=None):
    connection.execute("INSERT INTO engine.resolution VALUES (%s, %s, %s, %s, %s)", (found, key, tier, since, until))


def read(database, generation=None):
    with database.connect(Role.READER) as connection:
        return Overlay.read(connection, generation)


def rows(overlay, *, sure, columns=COLUMNS):
    duck = connect(memory_mb=256, threads=1)
    duck.execute(
        "CREATE TABLE rent AS SELECT * FROM (VALUES "
        f"('r1', NULL, NULL, '{D1}', 'a.csv', 1), ('r2', NULL, 'k8', '{D1}', 'a.csv', 2), "
        f"('r3', NULL, NULL, '{D2}', 'a.csv', 1)) AS t(receipt, payer_id, handler_id, _delivery, _file, _raw_row)"
    )
    overlay.put(duck)
    view = overlay.view_sql("rent", columns, SUBJECTS, SOURCE, sure=sure)
    return sorted(duck.execute(f"SELECT {', '.join(columns)} FROM {view}")
                  .fetchall())  # fmt: skip


def test_a_row_without_a_number_shows_whom_it_is_held_to_mean(known):
    found = rows(read(known, 1), sure=False)
    assert found == [("r1", "k1", "k2"), ("r2", None, "k8"), ("r3", None, None)]


def test_a_sure_reading_follows_numbers_and_peoples_words_alone(known):
    assert rows(read(known, 1), sure=True)[0] == ("r1", None, None)
    assert rows(read(known, 2), sure=True)[0] == ("r1", "k1", None)


def test_a_merged_subject_is_read_as_the_one_it_was_merged_into(known):
    assert [row[2] for row in rows(read(known), sure=True)] == [None, "k9", None]
    assert [row[2] for row in rows(read(known, 2), sure=True)] == [None, "k8", None]


def test_only_datasets_with_doubtful_links_are_touched(known):
    assert read(known).touches(["rent", "person"]) == {"rent"}
    assert read(known).touches(["person"]) == set()


def test_where_nothing_is_laid_over_the_table_is_read_as_it_is(known):
    assert read(known, 2).view_sql("person", ["person_id"], ["person_id"], "people", sure=False) == "people"
    assert Overlay.none().view_sql("rent", COLUMNS, SUBJECTS, SOURCE, sure=False) == SOURCE
    assert read(known, 1).view_sql("rent", COLUMNS, SUBJECTS, SOURCE, sure=True) == SOURCE


def test_columns_come_as_they_are_asked_for(known):
    assert sorted(rows(read(known, 1), sure=False, columns=["receipt", "payer_id"]))[0] == ("r1", "k1")


def test_generations_are_counted(known, clean_engine):
    with known.connect(Role.READER) as connection:
        assert current_generation(connection) == 3
        assert Overlay.read(connection).generation == 3
