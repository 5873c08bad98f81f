"""What a person asked the pool for, checked before it is looked for: an unknown word is no empty answer."""

import argparse
import datetime as dt

from steelyard.pool import NotInPool, Pool


def known(pool: Pool, dataset: str) -> None:
    """Raises NotInPool where no contract has this name."""
    if dataset not in pool.contracts:
        raise NotInPool(f"there is no dataset {dataset}; datasets with rows: steelyard pool status")


def at_least_one(text: str) -> int:
    """A number of rows to list, 1 or more, as a type of argparse."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is no number of rows: 1 or more")
    return int(text)


def day(text: str) -> dt.date:
    """A day as 2025-12-31, as a type of argparse."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is no day: write it as 2025-12-31") from None
