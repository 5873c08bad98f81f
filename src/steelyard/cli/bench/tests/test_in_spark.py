"""A model on Spark that takes too long is stopped, and the others are not kept waiting."""

import threading
from typing import Any

import pyarrow as pa
import pytest

from steelyard.cli.bench import in_spark
from steelyard.engines.spark_tables import SparkFailed


class Slow:
    """Tables whose statements end when they are stopped."""

    def __init__(self) -> None:
        self.stopped = threading.Event()

    def fetch(self, _: str) -> pa.Table:
        self.stopped.wait(10)
        raise SparkFailed("cancelled")

    def interrupt(self) -> None:
        self.stopped.set()


class Deaf(Slow):
    """Tables whose statements do not stop when told to."""

    def interrupt(self) -> None:
        pass


class Told:
    def __init__(self, said: Any) -> None:
        self.said = said

    def fetch(self, _: str) -> pa.Table:
        if isinstance(self.said, SparkFailed):
            raise self.said
        return pa.table({"n": [self.said]})


def test_what_ends_in_time_says_its_number() -> None:
    assert in_spark.within(Told(7), "", 60) == 7  # type: ignore[arg-type]


def test_what_takes_longer_is_stopped() -> None:
    slow = Slow()
    assert in_spark.within(slow, "", 0.01) is None  # type: ignore[arg-type]
    assert slow.stopped.is_set()


def test_what_does_not_stop_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(in_spark, "GRACE_S", 0.01)
    deaf = Deaf()
    assert in_spark.within(deaf, "", 0.01) is None  # type: ignore[arg-type]
    deaf.stopped.set()


def test_what_fails_in_time_is_no_stop() -> None:
    with pytest.raises(SparkFailed):
        in_spark.within(Told(SparkFailed("no such column")), "", 60)  # type: ignore[arg-type]
