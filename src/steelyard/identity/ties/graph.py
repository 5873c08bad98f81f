"""A set of ties in numbers: nodes, ties by kind, hubs, and everything that follows from them."""

from collections.abc import Collection, Iterable
from pathlib import Path

from steelyard.engines.duck import Duck, quoted, register_files
from steelyard.identity.ties.derive import TIE
from steelyard.identity.ties.kinds import HUB, KINDS
from steelyard.kit.sqltext import literal

NUMBERED = {"id": "UINTEGER", "an": "UINTEGER", "bn": "UINTEGER", **TIE}
EDGE = ("id", "an", "bn", "basis", "degree", "share", "from_date", "to_date", "confidence", "rank")
NO_NODES = {"n": "UINTEGER", "key": "VARCHAR"}


def tie_file(folder: Path, kind: str) -> Path:
    return folder / f"tie-{kind}.parquet"


def keep(duck: Duck, sql: str, file: Path) -> None:
    """Write the rows of a query as one Parquet file."""
    duck.execute(f"COPY ({sql}) TO {literal(str(file))} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)")


def open_ties(duck: Duck, folder: Path, kinds: Iterable[str] = tuple(KINDS), prefix: str = "edge") -> None:
    """A view ``edge <kind>`` on the ties of each kind; a kind without a file reads as empty."""
    for kind in kinds:
        file = tie_file(folder, kind)
        register_files(duck, f"{prefix} {kind}", [str(file)] if file.exists() else [], NUMBERED)


def open_part(duck: Duck, folder: Path, name: str, columns: dict[str, str], view: str = "") -> None:
    """A view on another file of a set."""
    file = folder / f"{name}.parquet"
    register_files(duck, view or name, [str(file)] if file.exists() else [], columns)


def number_nodes(duck: Duck, kinds: Collection[str]) -> None:
    """Make ``node``: the numbers of ``old_node``, and new numbers for nodes of ``tie <kind>`` and ``official_key``."""
    ends = " UNION ".join(f"SELECT {end} AS key FROM {quoted(f'tie {kind}')}" for kind in kinds for end in ("a", "b"))
    ends = " UNION ".join([ends, "SELECT key FROM official_key"]) if ends else "SELECT key FROM official_key"
    duck.execute(
        "CREATE OR REPLACE TABLE node AS SELECT n, key FROM old_node UNION ALL "
        "SELECT CAST((SELECT coalesce(max(n), 0) FROM old_node) + row_number() OVER (ORDER BY key) AS UINTEGER), key "
        f"FROM ({ends}) WHERE key IS NOT NULL AND key NOT IN (SELECT key FROM old_node)"
    )


def number_ties(duck: Duck, kind: str, first: int) -> int:
    """Make ``edge <kind>`` from ``tie <kind>``: ties that ``old <kind>`` has keep their number, new ones get numbers
    from ``first`` on.  Returns the first number that is still free."""
    same = " AND ".join(f"o.{name} IS NOT DISTINCT FROM t.{name}" for name in TIE)
    columns = ", ".join(f"t.{name}" for name in TIE)
    # The equalities that may be hashed stand in front; the rest is compared on what they leave.
    duck.execute(
        f"CREATE OR REPLACE TABLE {quoted(f'edge {kind}')} AS "
        f"SELECT CAST(coalesce(o.id, {first} - 1 + row_number() OVER (PARTITION BY o.id IS NULL "
        "ORDER BY t.a, t.b, t.basis, t.dataset, t.delivery, t.file, t.row)) AS UINTEGER) AS id, "
        f"x.n AS an, y.n AS bn, {columns} FROM {quoted(f'tie {kind}')} t "
        f"LEFT JOIN {quoted(f'old {kind}')} o ON o.a = t.a AND o.b = t.b AND {same} "
        "JOIN node x ON x.key = t.a JOIN node y ON y.key = t.b"
    )
    new = duck.execute(f"SELECT count(*) FROM {quoted(f'edge {kind}')} WHERE id >= {first}").fetchall()[0][0]
    return first + int(new)


def put_hubs(duck: Duck, kinds: Iterable[str], most: int = HUB) -> None:
    """Make ``hub``: nodes with more than ``most`` neighbours of one kind, with how many."""
    duck.execute("CREATE OR REPLACE TABLE hub (n UINTEGER, kind VARCHAR, count BIGINT)")
    for kind in kinds:
        edge = quoted(f"edge {kind}")
        # Neighbours are told apart only where there are enough ties at all: few nodes come so far.
        duck.execute(
            f"INSERT INTO hub WITH many AS (SELECT n FROM (SELECT an AS n FROM {edge} UNION ALL SELECT bn FROM {edge}) "
            f"GROUP BY n HAVING count(*) > {most}) "
            f"SELECT n, {literal(kind)}, count(DISTINCT other) FROM ("
            f"SELECT e.an AS n, e.bn AS other FROM {edge} e SEMI JOIN many m ON m.n = e.an UNION ALL "
            f"SELECT e.bn, e.an FROM {edge} e SEMI JOIN many m ON m.n = e.bn) "
            f"GROUP BY n HAVING count(DISTINCT other) > {most}"
        )
