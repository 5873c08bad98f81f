"""Relatives of account holders, as the pool's kinship dataset tells them."""

from collections import defaultdict

from steelyard.engines import duck
from steelyard.pool import Pool
from steelyard.web.orgs.engine_link import reader
from steelyard.web.orgs.models import User

LEAST_CONFIDENCE = 0.8
"""Kinship at least this sure hides a matter by itself; below it a dispatcher decides."""


def relatives_of_users(pool: Pool) -> dict[str, list[str]]:
    """Subject key of each account holder to the keys of relatives that are sure enough, each under all his keys.

    A holder whose own records were found to be one with others stands among them under his other keys.
    """
    people = [key for key in User.objects.values_list("subject_key", flat=True) if key]
    same = _same_people()
    holders: defaultdict[str, list[str]] = defaultdict(list)
    for key in people:
        for other in same.get(key, {key}):
            holders[other].append(key)
    near: defaultdict[str, set[str]] = defaultdict(set)
    for key in people:
        near[key] |= same.get(key, {key}) - {key}
    for person, relative in _kin(pool, sorted(holders)):
        for holder in holders[person]:
            near[holder] |= same.get(relative, {relative})
    return {key: sorted(found) for key, found in near.items() if found}


def _same_people() -> dict[str, set[str]]:
    """All keys of those who have more than one, by each of them."""
    with reader() as connection:
        merged = connection.execute("SELECT old, key FROM engine.subject_alias WHERE until IS NULL").fetchall()
    found: defaultdict[str, set[str]] = defaultdict(set)
    for old, key in merged:
        found[key] |= {old, key}
    return {one: keys for keys in found.values() for one in keys}


def _kin(pool: Pool, people: list[str]) -> list[tuple[str, str]]:
    engine = duck.connect()
    try:
        duck.register_files(engine, "kinship", pool.files("kinship"), pool.contracts["kinship"].schema)
        return engine.execute(
            "SELECT person_id, relative_id FROM kinship WHERE person_id IN (SELECT unnest(?)) "
            "AND coalesce(confidence, 1) >= ?",
            [people, LEAST_CONFIDENCE],
        ).fetchall()
    finally:
        engine.close()
