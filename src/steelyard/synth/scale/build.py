"""A made-up city or province, table by table, on both processors.

A table is made in pieces of whole counties; a finished table is never made again.
"""

import datetime as dt
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

from steelyard.contracts import Contract
from steelyard.engines.duck import Duck, connect
from steelyard.pool import Making, Part
from steelyard.synth.scale import words
from steelyard.synth.scale.nouns import NOUNS
from steelyard.synth.scale.size import VILLAGES_OF_A_COUNTY, Size
from steelyard.synth.scale.table import Made

PIECE_ROWS = 900_000
"""A file of the pool holds a little more."""
MEMORY_MB = 1_300
"""Of each process."""
PROCESSES = 2

Watch = Callable[[str, int, int], None]


@dataclass(frozen=True)
class World:
    """Which made-up province: everything a row depends on."""

    size: Size
    seed: int
    until: dt.date


@dataclass(frozen=True)
class Piece:
    """Some villages of one table."""

    made: Made
    first: int
    last: int
    number: int

    def sql(self) -> str:
        return self.made.sql.replace("{first}", str(self.first)).replace("{last}", str(self.last))


@dataclass
class _Table:
    """A table while it is made."""

    waiting: set[int]
    parts: dict[int, list[Part]] = field(default_factory=dict)


def tables(size: Size) -> list[Made]:
    """Every table there is, the largest first."""
    found = [made for noun in NOUNS for made in noun.tables(size)]
    return sorted(found, key=lambda made: -made.per_village)


def pieces(made: Made, size: Size) -> list[Piece]:
    """A table cut into runs of whole counties."""
    counties = max(1, round(PIECE_ROWS / (made.per_village * VILLAGES_OF_A_COUNTY)))
    step = counties * VILLAGES_OF_A_COUNTY
    starts = range(0, size.villages, step)
    return [Piece(made, at, min(at + step, size.villages), number) for number, at in enumerate(starts)]


def build(world: World, making: Making, contracts: Mapping[str, Contract], watch: Watch) -> None:
    """Make every table that is not made yet."""
    left = [made for made in tables(world.size) if not making.done(made.dataset)]
    work = {made.dataset: pieces(made, world.size) for made in left}
    for dataset in work:
        making.clear(dataset)
    under_way = {dataset: _Table({piece.number for piece in found}) for dataset, found in work.items()}
    listed = [piece for found in work.values() for piece in found]
    for done, (piece, parts) in enumerate(_written(listed, world, making, contracts), 1):
        dataset = piece.made.dataset
        watch(dataset, done, len(listed))
        table = under_way[dataset]
        table.parts[piece.number] = parts
        table.waiting.discard(piece.number)
        if not table.waiting:
            making.commit(contracts[dataset], [part for at in sorted(table.parts) for part in table.parts[at]])


def _written(
    work: Sequence[Piece], world: World, making: Making, contracts: Mapping[str, Contract]
) -> Iterator[tuple[Piece, list[Part]]]:
    """Pieces as they are finished, in the order of the work but for what the other process is at."""
    waiting = list(reversed(work))
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as workers:
        running: dict[Future[list[Part]], Piece] = {}
        while waiting or running:
            while waiting and len(running) < 2 * PROCESSES:
                piece = waiting.pop()
                contract = contracts[piece.made.dataset]
                running[workers.submit(write_piece, piece, world, making, contract)] = piece
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                yield running.pop(future), future.result()


_engine: dict[World, Duck] = {}
"""This process's engine, with the words of one world."""


def write_piece(piece: Piece, world: World, making: Making, contract: Contract) -> list[Part]:
    """Write one piece in this process."""
    if world not in _engine:
        _engine.clear()
        _engine[world] = engine(world)
    order = () if piece.made.ordered else contract.cluster_by or contract.key
    return making.piece(_engine[world], contract, piece.sql(), order, piece.number)


def engine(world: World, spill: Path | None = None) -> Duck:
    """An engine on one processor in which the SQL of tables can run."""
    duck = connect(memory_mb=MEMORY_MB, threads=1, spill=spill or Path(tempfile.gettempdir()) / "steelyard-synth")
    # Equal worlds are equal row by row.
    duck.execute("SET preserve_insertion_order = true")
    words.put(duck, world.size, world.seed, world.until)
    return duck
