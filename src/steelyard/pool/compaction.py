"""Small files become full ones, and rows are put in the order models slice by; no row changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from steelyard.contracts import Contract
from steelyard.engines.duck import Duck, register_files
from steelyard.kit.errors import SteelyardError
from steelyard.kit.sqltext import quoted
from steelyard.pool import clustering, commits, parts
from steelyard.pool.commits import Note
from steelyard.pool.parts import CLUSTERED, MOST_BYTES, PLAIN, Part
from steelyard.pool.tables import schema_of

SMALL = MOST_BYTES // 4
LOOSE_SHARE = 0.2
"""Share of the bytes outside clustered files from which the whole table is put in order anew."""
MOST_COLUMNS = 3
"""More columns in one order help none of them."""


class RowsDiffer(SteelyardError):
    """Rewriting a table gave another number of rows; nothing was committed."""


@dataclass(frozen=True)
class Compacted:
    """What compaction did to one table.  ``version``: the Delta version now."""

    dataset: str
    version: int
    files_before: int
    files_after: int
    rewritten: int
    """Files that were replaced; 0: there was nothing to do."""
    bytes_rewritten: int
    clustered: bool
    """Whether the whole table was put in order."""


def compact(duck: Duck, contract: Contract, folder: Path, base: int, *, cluster: bool = False) -> Compacted:
    """Bring the table whose published version is ``base`` into full, ordered files.  Call under the table's lock.

    ``cluster``: put all rows in order even where most of them are.  Raises TableMoved, RowsDiffer.
    """
    at = commits.rewind(folder, base)
    known = commits.parts_of(str(folder), base)
    order = cluster_columns(contract)
    whole = bool(order) and bool(known) and (cluster or _loose(known) > LOOSE_SHARE)
    chosen = [list(known)] if whole else _small_groups(known)
    replaced = [part for group in chosen for part in group]
    if not replaced:
        return Compacted(contract.dataset, base, len(known), len(known), 0, 0, False)
    made = [part for group in chosen for part in _rewrite(duck, contract, folder, group, order if whole else ())]
    if sum(part.rows for part in made) != sum(part.rows for part in replaced):
        raise RowsDiffer(f"{contract.dataset}: {sum(p.rows for p in replaced)} rows became {sum(p.rows for p in made)}")
    version = commits.commit(folder, at, schema_of(contract), made, replaced, Note("compact"))
    after = len(known) - len(replaced) + len(made)
    size = sum(part.bytes for part in replaced)
    return Compacted(contract.dataset, version, len(known), after, len(replaced), size, whole)


def cluster_columns(contract: Contract) -> tuple[str, ...]:
    """The columns a table is ordered by."""
    return tuple(name for name in contract.cluster_by if name in contract.columns)[:MOST_COLUMNS]


def _loose(known: Sequence[Part]) -> float:
    return sum(part.bytes for part in known if part.kind == PLAIN) / max(1, sum(part.bytes for part in known))


def _small_groups(known: Sequence[Part]) -> list[list[Part]]:
    return [group for group in parts.groups([part for part in known if part.bytes < SMALL]) if len(group) > 1]


def _rewrite(duck: Duck, contract: Contract, folder: Path, group: Sequence[Part], order: Sequence[str]) -> list[Part]:
    name = f"compacting {contract.dataset}"
    register_files(duck, name, [str(folder / part.name) for part in group], schema_of(contract))
    chosen = ", ".join(f"s.{quoted(column)}" for column in schema_of(contract))
    plain = f"SELECT {chosen} FROM {quoted(name)} s"
    sql = clustering.in_order(duck, quoted(name), order, chosen) if order else plain
    kind = CLUSTERED if order else group[0].kind
    return parts.write(duck, sql, folder, contract.columns, parts.indexed(contract), kind)
