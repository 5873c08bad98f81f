"""Whom an account holder must stay away from, also when records were found to be one person's."""

from types import SimpleNamespace

import pytest

from steelyard.contracts import load_contracts
from steelyard.engines import duck
from steelyard.engines.postgres import Role
from steelyard.kit.catalogue_folder import catalogue_folder
from steelyard.web.orgs import actions
from steelyard.web.orgs.relatives import relatives_of_users

pytestmark = pytest.mark.django_db


@pytest.fixture
def kinship(tmp_path):
    """Li's wife is W; the brother of L2 is B."""
    path = tmp_path / "kinship.parquet"
    with duck.connect(memory_mb=256, threads=1) as engine:
        engine.execute(
            "COPY (SELECT * FROM (VALUES ('L1', 'W', 1.0), ('L2', 'B', 1.0), ('L1', 'X', 0.5)) "
            f"AS k(person_id, relative_id, confidence)) TO '{path}'"
        )
    contracts = load_contracts(catalogue_folder() / "contracts")
    return SimpleNamespace(files=lambda _name: [str(path)], contracts=contracts)


@pytest.fixture
def merged(web_database):
    """L2 was found to be L1, and W to be W2."""
    with web_database.transaction(Role.WORKER) as connection:
        row = connection.execute(
            "INSERT INTO engine.identity_generation (reason) VALUES ('judgement') RETURNING id"
        ).fetchone()
        for old, key in (("L2", "L1"), ("W", "W2")):
            connection.execute("INSERT INTO engine.subject_alias (old, key, since) VALUES (%s, %s, %s)",
                               [old, key, row[0]])  # fmt: skip
    yield
    with web_database.transaction(Role.WORKER) as connection:
        connection.execute("DELETE FROM engine.subject_alias")


def holds(user, key):
    user.subject_key = key
    user.save()


def test_kin_too_uncertain_hides_nothing(cast, kinship):
    holds(cast.li, "L1")
    assert relatives_of_users(kinship) == {"L1": ["W"]}


def test_kin_counts_under_every_key_of_either(cast, kinship, merged):
    holds(cast.li, "L1")
    assert relatives_of_users(kinship) == {"L1": ["B", "L2", "W", "W2"]}
    actions.renew_kin(relatives_of_users(kinship))
    for key in ("L1", "L2", "W2", "B"):
        assert actions.users_to_keep_away([key]) == [cast.li.pk]


def test_two_accounts_of_one_person_are_both_kept_away(cast, kinship, merged):
    holds(cast.li, "L1")
    holds(cast.wang, "L2")
    actions.renew_kin(relatives_of_users(kinship))
    assert actions.users_to_keep_away(["W2"]) == sorted([cast.li.pk, cast.wang.pk])
