"""Rows that differ from the usual in a few columns: what a wrong, or what looks like one, adds to a table."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from steelyard.synth.scale.table import villages


@dataclass(frozen=True)
class Block:
    """So many rows in each village that has them.

    ``columns``: SQL by column; in it ``v`` is the village, ``k`` the row's number there and ``i`` that in the block.
    """

    count: int
    columns: Mapping[str, str]


@dataclass(frozen=True)
class Blocks:
    """Blocks of one table."""

    usual: Mapping[str, str]
    """SQL of every column where a block says nothing else."""
    start: int
    """Number in the village of the first row of the first block."""
    blocks: Mapping[str, Block]

    def __iter__(self) -> Iterator[str]:
        return iter(self.blocks)

    def first(self, wrong: str) -> int:
        """Number of a block's first row in its village."""
        names = list(self.blocks)
        return self.start + sum(self.blocks[name].count for name in names[: names.index(wrong)])

    def sql(self, wrong: str, where: str) -> str:
        """SELECT of a block's rows in the villages ``where`` says: ``v``, ``k`` and the columns."""
        block = self.blocks[wrong]
        columns = ", ".join(f"{sql} AS {name}" for name, sql in {**self.usual, **block.columns}.items())
        return f"""SELECT v, k, {columns} FROM (SELECT v, i, {self.first(wrong)} + i AS k
            FROM {villages()}, range({block.count}) AS o(i) WHERE {where})"""
