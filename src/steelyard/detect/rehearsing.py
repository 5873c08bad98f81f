"""Looks at what a model would say, with another text, day, pool version or parameter, and stores nothing."""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg

from steelyard.catalogue import Catalogue, SupervisionModel
from steelyard.catalogue.cases import Override
from steelyard.catalogue.lint.subset import refuse_foreign
from steelyard.detect.evidence import plain
from steelyard.detect.parameters import within_limits
from steelyard.detect.stage import Stage, bare
from steelyard.detect.views import Tables, Views
from steelyard.engines.duck import Duck, connect, quoted
from steelyard.kit.errors import SteelyardError
from steelyard.pool import PoolVersion

Connection = psycopg.Connection[Any]
MEMORY_MB = 1_500
Key = tuple[Any, ...]


class NothingToCompare(SteelyardError):
    """Two versions of a model have no key column in common, so their findings cannot be set side by side."""


@dataclass(frozen=True)
class Seen:
    """One row of a model: what it is about, how grave, and where."""

    key: Mapping[str, Any]
    grade: str
    """The model's own, before uncertain identities cap it."""
    area: str


class Rehearsal:
    """Models over one pool version; they may share columns of data, never rows."""

    def __init__(
        self,
        duck: Duck,
        catalogue: Catalogue,
        pool: Tables,
        version: PoolVersion,
        connection: Connection,
        models: Sequence[SupervisionModel],
    ) -> None:
        self.duck = duck
        self.stage = Stage(duck, catalogue)
        read = {dataset for model in models for dataset in model.data}
        base = catalogue.base_datasets(read)
        Views(duck, catalogue, pool, version, connection).register(sorted(base | {"region"}))
        self.root = self.stage.put_areas(base)
        for relation in catalogue.relations_needed(read):
            self.stage.put_relation(relation)

    def found(
        self, model: SupervisionModel, as_of: dt.date, overrides: Sequence[Override], on: Sequence[str] = ()
    ) -> dict[Key, Seen]:
        """What a model says on a day, by the values of the columns ``on`` (default: its key).

        Raises SqlBroken, OutsideLimits, DuckError.
        """
        refuse_foreign(model.sql, {*model.data, "run", "param"})
        within_limits(model, overrides)
        self.stage.put_run(as_of, self.root)
        self.stage.put_param(model, as_of, overrides)
        columns = list(dict.fromkeys([*(on or model.key), *model.key]))
        listed = ", ".join(f"q.{quoted(name)}" for name in [*columns, model.grade_column, model.area])
        rows = self.duck.execute(f"SELECT {listed} FROM ({bare(model.sql)}) AS q").fetchall()
        seen = (
            Seen(
                {name: plain(value) for name, value in zip(columns, row[:-2], strict=True)},
                str(row[-2]),
                str(row[-1] or self.root),
            )
            for row in rows
        )
        return {tuple(one.key[name] for name in on or model.key): one for one in seen}

    def names(self, codes: Collection[str]) -> dict[str, str]:
        """Area names by code, as the register of areas says them."""
        if not codes:
            return {}
        listed = ", ".join(f"'{code.ljust(12, '0')}'" for code in sorted(codes) if code.isdigit())
        rows = self.duck.execute(
            f"SELECT area_code, min(name) FROM region WHERE area_code IN ({listed or 'NULL'}) GROUP BY area_code"
        ).fetchall()
        return {str(row[0]): str(row[1]) for row in rows}


@contextmanager
def rehearsal(
    pool: Tables,
    catalogue: Catalogue,
    connection: Connection,
    models: Sequence[SupervisionModel],
    version: PoolVersion | None = None,
) -> Iterator[Rehearsal]:
    """A rehearsal over a pool version, the newest where none is given."""
    with connect(memory_mb=MEMORY_MB) as duck:
        yield Rehearsal(duck, catalogue, pool, version or pool.current(), connection, models)


@dataclass(frozen=True)
class Difference:
    """What one look says against another."""

    added: tuple[Seen, ...]
    removed: tuple[Seen, ...]
    regraded: tuple[tuple[Seen, Seen], ...]
    """(before, after) of those found by both with another grade."""


def difference(before: Mapping[Key, Seen], after: Mapping[Key, Seen]) -> Difference:
    """What was added, removed and graded otherwise."""
    both = [(before[key], seen) for key, seen in after.items() if key in before]
    return Difference(
        added=tuple(seen for key, seen in after.items() if key not in before),
        removed=tuple(seen for key, seen in before.items() if key not in after),
        regraded=tuple((old, new) for old, new in both if old.grade != new.grade),
    )


def common_key(old: SupervisionModel, new: SupervisionModel) -> tuple[str, ...]:
    """Key columns that two versions share.  Raises NothingToCompare."""
    shared = tuple(column for column in old.key if column in new.key)
    if not shared:
        raise NothingToCompare(f"{new.id}: {old.version} and {new.version} have no key column in common")
    return shared
