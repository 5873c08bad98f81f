"""Draws that never change: splitmix64 over a counter, one stream for each topic.

Library generators may change their streams between versions; a county named by its seed must not.
"""

import hashlib
from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Item = TypeVar("Item")
Words = NDArray[np.uint64]
Whole = NDArray[np.int64]

_STEP = 0x9E3779B97F4A7C15
_FIRST = 0xBF58476D1CE4E5B9
_SECOND = 0x94D049BB133111EB
_MASK = (1 << 64) - 1
_SPAN = 1 << 53


class Chance:
    """One stream of draws, named by the seed and a topic; streams of other topics do not disturb it."""

    def __init__(self, seed: int, topic: str) -> None:
        digest = hashlib.sha256(f"{seed}/{topic}".encode()).digest()
        self._base = int.from_bytes(digest[:8], "big")
        self._drawn = 0

    def words(self, count: int) -> Words:
        """``count`` words of 64 bits."""
        place = np.arange(self._drawn + 1, self._drawn + count + 1, dtype=np.uint64)
        self._drawn += count
        word = place * np.uint64(_STEP) + np.uint64(self._base)
        word = (word ^ (word >> np.uint64(30))) * np.uint64(_FIRST)
        word = (word ^ (word >> np.uint64(27))) * np.uint64(_SECOND)
        return word ^ (word >> np.uint64(31))

    def below(self, limit: int, count: int) -> Whole:
        """``count`` whole numbers from 0 to ``limit`` - 1."""
        return ((self.words(count) >> np.uint64(11)) % np.uint64(limit)).astype(np.int64)

    def between(self, low: int, high: int, count: int) -> Whole:
        """``count`` whole numbers from ``low`` to ``high``, both included."""
        return self.below(high - low + 1, count) + low

    def hits(self, share: float, count: int) -> NDArray[np.bool_]:
        """``count`` yes-or-no draws, yes with the given share."""
        return (self.words(count) >> np.uint64(11)) < np.uint64(int(share * _SPAN))

    def order(self, count: int) -> Whole:
        """The numbers 0 to ``count`` - 1 shuffled."""
        return np.argsort(self.words(count), kind="stable").astype(np.int64)

    def word(self) -> int:
        """One word of 64 bits as a Python number."""
        self._drawn += 1
        word = (self._base + self._drawn * _STEP) & _MASK
        word = ((word ^ (word >> 30)) * _FIRST) & _MASK
        word = ((word ^ (word >> 27)) * _SECOND) & _MASK
        return word ^ (word >> 31)

    def number(self, low: int, high: int) -> int:
        """One whole number from ``low`` to ``high``, both included."""
        return low + (self.word() >> 11) % (high - low + 1)

    def yes(self, share: float) -> bool:
        """One yes-or-no draw."""
        return (self.word() >> 11) < int(share * _SPAN)

    def one(self, items: Sequence[Item]) -> Item:
        """One of the items."""
        return items[(self.word() >> 11) % len(items)]

    def some(self, items: Sequence[Item], count: int) -> list[Item]:
        """``count`` different items, in the order drawn."""
        left = list(items)
        taken = []
        for _ in range(count):
            place = (self.word() >> 11) % len(left)
            taken.append(left[place])
            left[place] = left[-1]
            left.pop()
        return taken
