"""Open Contracting data (1.0 and 1.1) as rows of the tender datasets.

The mapping is written down in ``docs/reference/ocds-import.md``.  What a publisher does not say stays empty.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from steelyard.sources.interfaces import Interface
from steelyard.sources.ocds_files import Located, releases
from steelyard.sources.ocds_process import Process, merged
from steelyard.sources.ocds_publisher import publisher_of
from steelyard.sources.textfile import TextFile, text_array

DATASETS = ("tender", "tender_section", "bid", "award", "tender_contract", "region", "org")
BATCH_ROWS = 20_000


@dataclass
class Counts:
    """What files hold, each process once."""

    processes: int = 0
    bids: int = 0
    awards: int = 0
    contracts: int = 0

    def add(self, process: Process) -> None:
        self.processes += 1
        self.bids += len(process.bids())
        self.awards += len(process.awards())
        self.contracts += len(process.contracts())


@dataclass
class _Writer:
    """Rows of one dataset on their way into Parquet."""

    made: TextFile
    numbers: list[int] = field(default_factory=list)
    rows: list[dict[str, str | None]] = field(default_factory=list)

    def add(self, number: int, row: dict[str, str | None]) -> None:
        self.numbers.append(number)
        self.rows.append(row)
        if len(self.rows) >= BATCH_ROWS:
            self.flush()

    def flush(self) -> None:
        names = list(dict.fromkeys(name for row in self.rows for name in row))
        if names:
            columns = [text_array([row.get(name) for row in self.rows]) for name in names]
            self.made.write(names, columns, self.numbers)
        self.numbers, self.rows = [], []


def read_ocds(
    path: Path, interface: Interface, folder: Path, number: int, name: str, area_of: Callable[[str, str], str]
) -> list[TextFile]:
    """Read one file into one text table a dataset.

    ``area_of``: area code of a publisher by its id and name.  Raises FileRefused for files that are no JSON.
    """
    fed = [feed.dataset for feed in interface.feeds]
    texts = {dataset: TextFile(name, folder, number, dataset) for dataset in fed}
    writers = {dataset: _Writer(made) for dataset, made in texts.items()}
    listed: set[str] = set()
    for process in processes(path, texts[fed[0]]):
        for dataset, row in process_rows(process, interface, area_of, listed):
            if dataset in writers:
                writers[dataset].add(process.row, row)
    for writer in writers.values():
        writer.flush()
    return list(texts.values())


def process_rows(
    process: Process, interface: Interface, area_of: Callable[[str, str], str], listed: set[str]
) -> Iterator[tuple[str, dict[str, str | None]]]:
    """Rows of one process.  ``listed``: bodies and regions that were written before."""
    if interface.options.own_platform:
        yield from process.rows(area=None)
        return
    area = area_of(process.publisher, process.publisher_name)
    yield from process.rows(area=area)
    for dataset, code, row in process.bodies(area):
        if code not in listed:
            listed.add(code)
            yield dataset, row


def processes(path: Path, made: TextFile) -> Iterator[Process]:
    """Every contracting process of a file, its releases merged; unreadable lines are noted in ``made``."""
    unnoted = TextFile(made.file, made.folder, made.number)
    often = Counter(located.release["ocid"] for located in releases(path, unnoted))
    waiting: dict[str, list[Located]] = {}
    for located in releases(path, made):
        ocid = located.release["ocid"]
        waiting.setdefault(ocid, []).append(located)
        often[ocid] -= 1
        if not often[ocid]:
            yield _process(waiting.pop(ocid))


def _process(parts: list[Located]) -> Process:
    release = merged([part.release for part in parts])
    last = parts[-1]
    key, name = publisher_of(release, last.package)
    return Process(last.row, key, name, release)


def count(paths: list[Path]) -> tuple[Counts, dict[str, Counts], dict[str, str]]:
    """What files hold together, in all and by publisher; and the publishers' names.

    A process that several files hold counts once, as the last file tells it.
    """
    seen: dict[str, tuple[str, int, int, int]] = {}
    names: dict[str, str] = {}
    for path in paths:
        for process in processes(path, TextFile(path.name, path.parent, 0)):
            one = Counts()
            one.add(process)
            seen[process.ocid] = (process.publisher, one.bids, one.awards, one.contracts)
            if process.publisher_name != process.publisher or process.publisher not in names:
                names[process.publisher] = process.publisher_name
    total, by = Counts(), dict[str, Counts]()
    for publisher, bids, awards, contracts in seen.values():
        for counts in (total, by.setdefault(publisher, Counts())):
            counts.processes += 1
            counts.bids += bids
            counts.awards += awards
            counts.contracts += contracts
    return total, by, names
