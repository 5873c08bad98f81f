"""One number for hundreds of names: a number that many share identifies none of them."""

CROWDED = 5
"""From so many different names on a number is reported."""


def crowded(relation: str, number: str, name: str, at_least: int = CROWDED) -> str:
    """SELECT of ``number``, ``names`` (how many different ones) and ``mentions``, the most crowded first.

    ``number`` and ``name``: SQL of the forms in which they are compared; empty ones do not count.
    """
    return (
        f"SELECT {number} AS number, count(DISTINCT {name}) AS names, count(*) AS mentions FROM {relation} "
        f"WHERE {number} <> '' AND {name} <> '' GROUP BY {number} HAVING count(DISTINCT {name}) >= {int(at_least)} "
        f"ORDER BY names DESC, mentions DESC, number"
    )
