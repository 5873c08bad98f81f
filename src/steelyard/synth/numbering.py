"""Resident ID numbers for many people at once; the rules are those of ``kit.identifiers``."""

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]

_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2], dtype=np.int64)
_CHECK = np.frombuffer(b"10X98765432", dtype=np.uint8)
_ZERO = ord("0")


def resident_ids(area: Whole, born: NDArray[np.datetime64], male: NDArray[np.bool_]) -> NDArray[np.bytes_]:
    """Valid, different 18-character numbers, as an array of type ``S18``.

    ``area``: six-digit codes as numbers; ``born``: days; ``male``: gives the odd serial.
    Raises ValueError where more than 500 people of one sex share a birthday.
    """
    count = len(area)
    serial = _rank_within_day(born, male) * 2 + male
    if count and int(serial.max()) > 999:
        raise ValueError("more than 500 people of one sex were born on one day")
    day = born.astype("datetime64[D]")
    year = day.astype("datetime64[Y]").astype(np.int64) + 1970
    month = day.astype("datetime64[M]").astype(np.int64) % 12 + 1
    date = (day - day.astype("datetime64[M]")).astype(np.int64) + 1
    digits = np.empty((count, 18), dtype=np.uint8)
    parts = ((area, 0, 6), (year, 6, 4), (month, 10, 2), (date, 12, 2), (serial, 14, 3))
    for value, start, width in parts:
        rest = value.copy()
        for place in range(start + width - 1, start - 1, -1):
            digits[:, place] = rest % 10
            rest //= 10
    total = digits[:, :17].astype(np.int64) @ _WEIGHTS
    text = digits + _ZERO
    text[:, 17] = _CHECK[total % 11]
    return np.ascontiguousarray(text).view("S18").ravel()


def _rank_within_day(born: NDArray[np.datetime64], male: NDArray[np.bool_]) -> Whole:
    """The how-manieth of his sex a person is among those of his birthday, from 0, in the given order."""
    key = born.astype("datetime64[D]").astype(np.int64) * 2 + male
    order = np.argsort(key, kind="stable")
    ordered = key[order]
    place = np.arange(len(key), dtype=np.int64)
    starts = np.concatenate(([True], ordered[1:] != ordered[:-1])) if len(key) else np.zeros(0, dtype=bool)
    first = np.maximum.accumulate(np.where(starts, place, 0))
    rank = np.empty(len(key), dtype=np.int64)
    rank[order] = place - first
    return rank
