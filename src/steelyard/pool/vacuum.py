"""Old files go, after pins: which pool versions stay readable is decided first and written down."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from steelyard.pool import commits
from steelyard.pool.faults import fault
from steelyard.pool.pins import pinned

Connection = psycopg.Connection[Any]
KEEP_DAYS = 30


@dataclass(frozen=True)
class Vacuumed:
    """What vacuum did, or would do."""

    kept: Mapping[int, str]
    """Why each readable pool version stays readable."""
    unreadable: tuple[int, ...]
    """Pool versions that became unreadable now."""
    files: int
    bytes: int
    """Files removed and their size; also leftovers of killed writers, which no version names."""
    dry_run: bool
    fetched: int = 0
    """Folders of runs that died between fetching and landing, removed now."""


def kept_versions(connection: Connection, keep_days: int, held: Mapping[int, str]) -> dict[int, str]:
    """Readable pool versions that must stay so, with the reason.  ``held``: what other rooms need, with theirs."""
    rows = connection.execute(
        "SELECT number, taken_at > now() - make_interval(days => %s), number = max(number) OVER () "
        "FROM engine.pool_version WHERE vacuumed_at IS NULL ORDER BY number",
        [keep_days],
    ).fetchall()
    pins = pinned(connection)
    found: dict[int, str] = {}
    for number, young, newest in rows:
        reasons = [
            "newest" if newest else "",
            f"younger than {keep_days} days" if young else "",
            f"pinned: {pins[number]}" if number in pins else "",
            held.get(number, ""),
        ]
        if any(reasons):
            found[int(number)] = "; ".join(reason for reason in reasons if reason)
    return found


def give_up(connection: Connection, kept: Sequence[int], *, dry_run: bool) -> tuple[int, ...]:
    """Mark every other pool version as unreadable, before any file goes.  Returns those marked now."""
    with connection.transaction():
        # A version younger than the list is not on it, and a pin may come until its row is locked.
        candidates = connection.execute(
            "SELECT number FROM engine.pool_version WHERE vacuumed_at IS NULL AND number <> ALL(%s) AND number < %s "
            "ORDER BY number FOR UPDATE",
            [list(kept), max(kept, default=0)],
        ).fetchall()
        pins = pinned(connection)
        numbers = tuple(int(number) for (number,) in candidates if number not in pins)
        if not dry_run:
            connection.execute(
                "UPDATE engine.pool_version SET vacuumed_at = now() WHERE number = ANY(%s)", [list(numbers)]
            )
    fault("after-marked")
    return numbers


def readable_tables(connection: Connection, without: Sequence[int] = ()) -> dict[str, set[int]]:
    """Table versions that readable pool versions name, by dataset; ``without`` some of these."""
    rows = connection.execute(
        "SELECT DISTINCT t.key, t.value::bigint FROM engine.pool_version v, jsonb_each_text(v.tables) t "
        "WHERE v.vacuumed_at IS NULL AND v.number <> ALL(%s)",
        [list(without)],
    ).fetchall()
    found: dict[str, set[int]] = {}
    for dataset, at in rows:
        found.setdefault(str(dataset), set()).add(int(at))
    return found


def sweep(folder: Path, published: int, readable: Sequence[int], *, dry_run: bool) -> tuple[int, int]:
    """Remove the files of a table that no readable version has.  Call under the table's lock.

    Returns their number and size in bytes.
    """
    if not dry_run:
        commits.rewind(folder, published)
    needed = {Path(file).name for at in readable for file in commits.files_of(str(folder), at)}
    files = sorted(path for path in folder.glob("*.parquet") if path.name not in needed)
    size = sum(path.stat().st_size for path in files)
    for path in files:
        if not dry_run:
            path.unlink()
            fault("between-deletes")
    return len(files), size
