"""Lines of a file in bounded memory, with their true numbers, however long or broken they are."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np

from steelyard.sources.opening import opened

BLOCK_BYTES = 4 << 20
MAX_LINE_BYTES = 4 << 20


@dataclass(frozen=True)
class Block:
    """Whole lines that follow each other, the last one perhaps without its end."""

    first: int
    """1-based number of the first line."""
    data: bytes
    too_long: bool = False
    """The block stands for one line beyond the limit; ``data`` is only its beginning."""


def blocks(path: Path, encoding: str = "utf-8") -> Iterator[Block]:
    """The file in blocks of whole lines, UTF-16 as UTF-8.  Raises FileRefused where a packed file is damaged."""
    with opened(path, encoding) as stream:
        yield from _blocks(stream)


def _blocks(stream: IO[bytes]) -> Iterator[Block]:
    first, rest = 1, b""
    while chunk := stream.read(BLOCK_BYTES):
        data = rest + chunk if rest else chunk
        cut = data.rfind(b"\n") + 1
        if not cut and len(data) > MAX_LINE_BYTES:
            yield Block(first, data[:200], too_long=True)
            first, rest = first + 1, _after_line(stream)
            continue
        if cut:
            whole = data[:cut]
            yield from _split_long(Block(first, whole))
            first += line_ends(whole)
        rest = data[cut:]
    if rest:
        yield Block(first, rest)


def line_ends(data: bytes) -> int:
    """How many lines end in the data; many times as fast as counting byte by byte."""
    return int(np.count_nonzero(np.frombuffer(data, np.uint8) == 10))


def _after_line(stream: IO[bytes]) -> bytes:
    """Pass over the rest of a line without keeping it; what was read behind its end."""
    while chunk := stream.read(BLOCK_BYTES):
        cut = chunk.find(b"\n")
        if cut >= 0:
            return chunk[cut + 1 :]
    return b""


def _split_long(block: Block) -> Iterator[Block]:
    if len(block.data) <= MAX_LINE_BYTES:
        yield block
        return
    ends = np.flatnonzero(np.frombuffer(block.data, np.uint8) == 10) + 1
    starts = np.concatenate(([0], ends[:-1]))
    begin = 0
    for line in np.flatnonzero(ends - starts > MAX_LINE_BYTES):
        if line > begin:
            yield Block(block.first + begin, block.data[starts[begin] : starts[line]])
        yield Block(block.first + int(line), block.data[starts[line] : starts[line] + 200], too_long=True)
        begin = int(line) + 1
    if begin < len(ends):
        yield Block(block.first + begin, block.data[starts[begin] :])


def lines(block: Block) -> Iterator[tuple[int, bytes]]:
    """Number and bytes of each line of a block, without line ends."""
    data = block.data[:-1] if block.data.endswith(b"\n") else block.data
    for offset, line in enumerate(data.split(b"\n")):
        yield block.first + offset, line.removesuffix(b"\r")


def line_at(path: Path, number: int, encoding: str = "utf-8") -> bytes | None:
    """One line by its number, None where the file has fewer."""
    for block in blocks(path, encoding):
        count = 1 if block.too_long else block.data.count(b"\n") + (not block.data.endswith(b"\n"))
        if block.first <= number < block.first + count:
            return next(line for at, line in lines(block) if at == number)
    return None
