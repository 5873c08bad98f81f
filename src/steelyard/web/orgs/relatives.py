"""Relatives of account holders, as the pool's kinship dataset tells them."""

from collections import defaultdict

from steelyard.engines import duck
from steelyard.pool import Pool
from steelyard.web.orgs.models import User

LEAST_CONFIDENCE = 0.8
"""Kinship at least this sure hides a matter by itself; below it a dispatcher decides."""


def relatives_of_users(pool: Pool) -> dict[str, list[str]]:
    """Subject key of each account holder to the keys of relatives that are sure enough."""
    people = [key for key in User.objects.values_list("subject_key", flat=True) if key]
    engine = duck.connect()
    duck.register_files(engine, "kinship", pool.files("kinship"), pool.contracts["kinship"].schema)
    near: defaultdict[str, list[str]] = defaultdict(list)
    for row in duck.rows(
        engine,
        "SELECT person_id, relative_id FROM kinship WHERE person_id IN (SELECT unnest(?)) "
        "AND coalesce(confidence, 1) >= ?",
        [people, LEAST_CONFIDENCE],
    ):
        near[row["person_id"]].append(row["relative_id"])
    return dict(near)
