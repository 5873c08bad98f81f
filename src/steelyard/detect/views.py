"""The pool's tables as models read them: at one version, with who is who laid over them."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import psycopg
import pyarrow as pa

from steelyard import identity
from steelyard.catalogue import Catalogue
from steelyard.detect.grading import weakest
from steelyard.detect.incremental import in_front
from steelyard.engines.duck import Duck, close_off, quoted, register_files
from steelyard.pool import LINEAGE, Moment, PoolVersion, above_of, lay_over

Connection = psycopg.Connection[Any]


class Tables(Protocol):
    """What a run needs of the pool."""

    def current(self) -> PoolVersion: ...

    def version(self, number: int) -> PoolVersion | None: ...

    def files(self, dataset: str, version: PoolVersion | None = None) -> list[str]: ...


@dataclass
class Stood:
    """What stands in an engine that is kept open from one look to the next; views are made again where they differ."""

    texts: dict[str, str] = field(default_factory=dict)
    """By name of a view what it was made of."""
    described: dict[tuple[str, ...], set[str]] = field(default_factory=dict)
    """Columns of files; these never change."""
    generation: int | None = None
    """Which state of who is who stands in it."""
    closed: bool = False
    """Whether other files than those of the pool are closed."""
    over: dict[str, pa.Table] = field(default_factory=dict)
    """By name of a view the waiting rows that lie over it."""


class Views:
    """Datasets under their names; all links of who is who, or only those that are no guess."""

    def __init__(
        self, duck: Duck, catalogue: Catalogue, pool: Tables, version: PoolVersion, connection: Connection
    ) -> None:
        self.duck = duck
        self.catalogue = catalogue
        self.pool = pool
        self.version = version
        self.overlay = identity.Overlay.read(connection)
        self.datasets: list[str] = []
        self.opened: set[Path] = set()
        """Folders that stay readable beside those of the datasets."""
        self.moment: Moment | None = None
        """Pushed rows that wait over the version; None: they are not looked at."""
        self.stood = Stood()

    @property
    def merged(self) -> Mapping[str, str]:
        """Subjects that were found to be another, and whom."""
        return self.overlay.merged

    @property
    def generation(self) -> int:
        """Which state of who is who is shown."""
        return self.overlay.generation

    def weakest(self, datasets: Collection[str]) -> str | None:
        """The weakest tier of the links that lie in some datasets; None where all are sure."""
        return weakest(self.overlay.unsure_tiers(datasets))

    def register(self, datasets: Collection[str]) -> None:
        """Make datasets readable and nothing else: other files are closed from here on."""
        folders = set(self.opened)
        self.datasets = sorted(datasets)
        for dataset in self.datasets:
            files = self.pool.files(dataset, self.version)
            folders |= {Path(file).parent for file in files}
            self._put_files(dataset, files)
        if self.stood.generation != self.overlay.generation:
            self.overlay.put(self.duck)
            self.stood.generation = self.overlay.generation
        if not self.stood.closed:
            close_off(self.duck, sorted(folders))
            self.stood.closed = True
        self.show(sure=False)

    def _put_files(self, dataset: str, files: list[str]) -> None:
        waiting = self.moment.over(dataset) if self.moment else ()
        self.stack(plain(dataset), dataset, files, waiting)
        if waiting:
            self._also_waiting(dataset)

    def stack(self, name: str, dataset: str, files: list[str], waiting: Sequence[pa.Table]) -> None:
        """Let a name mean the rows of files with waiting rows over them; what stands so already is left."""
        said = f"files {'with rows over them' if waiting else ''} {' '.join(files)}"
        if not self.stands(name, said):
            register_files(self.duck, name, files, self._columns(dataset), known=self.stood.described)
            self.stood.texts[name] = said
            self.stood.over.pop(name, None)
        if waiting:
            lay_over(self.duck, self.catalogue.contracts[dataset], name, waiting, stands=self.stood.over)

    def _also_waiting(self, dataset: str) -> None:
        """What else is done where rows wait over a dataset: here nothing."""

    def stands(self, name: str, rows: str) -> bool:
        """Whether a name (as SQL) means a query already."""
        return self.stood.texts.get(name) == rows

    def let(self, name: str, rows: str) -> None:
        """Let a name (as SQL) mean a query, unless it means that already."""
        if not self.stands(name, rows):
            self.duck.execute(f"CREATE OR REPLACE VIEW {name} AS {rows}")
            self.stood.texts[name] = rows

    def waiting(self, dataset: str) -> str:
        """The table of the rows laid over a dataset, with ``_gone``."""
        return above_of(plain(dataset))

    def show(self, *, sure: bool) -> None:
        """Lay who is who over every dataset; ``sure``: numbers and what people confirmed, no more."""
        for dataset in self.datasets:
            text = self._over(dataset, plain(dataset), sure=sure)
            self.let(f"{quoted('sure' if sure else 'main')}.{quoted(dataset)}", f"SELECT * FROM {text}")

    @contextmanager
    def without_guesses(self) -> Iterator[None]:
        """For as long as this lasts the names of datasets mean them with the sure links alone."""
        self.duck.execute("CREATE SCHEMA IF NOT EXISTS sure")
        with in_front(self.duck, "sure"):
            self.show(sure=True)
            yield

    def _over(self, dataset: str, source: str, *, sure: bool) -> str:
        """What to read instead of the relation ``source``, so that it tells who is who."""
        return laid_over(self.overlay, self.catalogue, dataset, quoted(source), sure=sure)

    def _columns(self, dataset: str) -> dict[str, str]:
        return columns(self.catalogue, dataset)


def columns(catalogue: Catalogue, dataset: str) -> dict[str, str]:
    """Columns of a table of the pool and their types, lineage included."""
    return catalogue.schema(dataset) | dict(LINEAGE)


def laid_over(overlay: identity.Overlay, catalogue: Catalogue, dataset: str, source: str, *, sure: bool) -> str:
    """What to read instead of ``source``, SQL for rows of a dataset, so that it tells who is who."""
    subjects = sorted(name for name, column in catalogue.columns(dataset).items() if column.subject)
    return overlay.view_sql(dataset, list(columns(catalogue, dataset)), subjects, source, sure=sure)


def plain(dataset: str) -> str:
    """The name of a dataset's rows as they were delivered."""
    return f"{dataset} as delivered"
