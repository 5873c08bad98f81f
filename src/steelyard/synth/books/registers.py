"""Long registers as columns: people, firms and bodies by place, days, amounts and numbers as text."""

import datetime as dt
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from steelyard.synth.ledger import Subject
from steelyard.synth.people import People

Whole = NDArray[np.int64]
Pair = tuple[pa.StringArray, pa.StringArray]


def persons(people: People, index: Whole) -> Pair:
    """Number and name of the people at these places."""
    return pa.array(people.number[index]).cast(pa.string()), people.name.take(pa.array(index))


def subjects(known: Sequence[Subject], index: Whole) -> Pair:
    """Number and name of firms or bodies; ``index`` counts in ``known``."""
    at = pa.array(index)
    return pa.array([one.number for one in known]).take(at), pa.array([one.name for one in known]).take(at)


def chosen(words: Sequence[str | None], index: Whole) -> pa.StringArray:
    """The words at these places."""
    found: pa.StringArray = pa.array(words, pa.string()).take(pa.array(index))
    return found


def whole(values: Whole) -> pa.StringArray:
    """Whole numbers as text."""
    return pa.array(values).cast(pa.string())


def numbers(prefix: str, values: Whole, width: int = 8) -> pa.StringArray:
    """Numbers such as ``FP00000017``."""
    padded = pc.utf8_lpad(whole(values), width, "0")
    text: pa.StringArray = pc.binary_join_element_wise(prefix, padded, "")
    return text


def yuan(fen: Whole) -> pa.StringArray:
    """Amounts in yuan with two places; none is negative."""
    cents = pc.utf8_lpad(whole(fen % 100), 2, "0")
    text: pa.StringArray = pc.binary_join_element_wise(whole(fen // 100), cents, ".")
    return text


def tenths(values: Whole) -> pa.StringArray:
    """Quantities with one place."""
    text: pa.StringArray = pc.binary_join_element_wise(whole(values // 10), whole(values % 10), ".")
    return text


def days_before(until: dt.date, back: Whole) -> pa.StringArray:
    """The days so many days before ``until``."""
    day = np.datetime64(until, "D") - back.astype("timedelta64[D]")
    text: pa.StringArray = pa.array(day).cast(pa.string())
    return text


def times_before(until: dt.date, seconds: Whole) -> pa.StringArray:
    """The instants so many seconds before the evening of ``until``."""
    moment = np.datetime64(dt.datetime.combine(until, dt.time(20)), "s") - seconds.astype("timedelta64[s]")
    text: pa.StringArray = pc.utf8_slice_codeunits(pa.array(moment).cast(pa.string()), 0, 19)
    return text


def only_where(condition: NDArray[np.bool_], texts: pa.StringArray) -> pa.StringArray:
    """The texts where the condition holds, else nothing."""
    found: pa.StringArray = pc.if_else(pa.array(condition), texts, pa.scalar(None, pa.string()))
    return found


def pair_where(condition: NDArray[np.bool_], pair: Pair) -> Pair:
    """A subject where the condition holds, else nobody."""
    return only_where(condition, pair[0]), only_where(condition, pair[1])


def same(text: str | None, count: int) -> pa.StringArray:
    """One text in every row."""
    return pa.array([text] * count, pa.string())


def nobody(count: int) -> Pair:
    """An empty subject column."""
    return pa.nulls(count, pa.string()), pa.nulls(count, pa.string())
