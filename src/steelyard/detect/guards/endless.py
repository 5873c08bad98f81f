"""A model that does not end is ended."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from steelyard.engines.duck import DuckError
from steelyard.engines.spark_tables import SparkFailed
from steelyard.kit.errors import SteelyardError

AGAIN = 0.25
"""Seconds between interruptions: a model may be between two queries when its time is up."""


class Interruptible(Protocol):
    """What computes, and can be told to stop."""

    def interrupt(self) -> None: ...


class Endless(SteelyardError):
    """A model ran longer than one model may."""

    def __init__(self, what: str, seconds: float) -> None:
        self.reason = {
            "zh": f"{what}：运行超过单个模型的时限（{seconds:g} 秒），已中止；其发现保持原样。"
            f"可用 steelyard detect profile {what} 查看耗时所在。",
            "en": f"{what}: stopped after {seconds:g} s, the limit of one model (STEELYARD_MODEL_SECONDS); its "
            f"findings stay as they were. See where its time goes: steelyard detect profile {what}",
        }
        super().__init__(self.reason["en"])


@contextmanager
def within(running: Interruptible, seconds: float, what: str) -> Iterator[None]:
    """Stop what computes when the time is up.  Raises Endless."""
    over, done = threading.Event(), threading.Event()

    def watch() -> None:
        pause = seconds
        while not done.wait(pause):
            over.set()
            running.interrupt()
            pause = AGAIN

    watcher = threading.Thread(target=watch, name=f"limit of {what}", daemon=True)
    watcher.start()
    try:
        yield
    except (DuckError, SparkFailed) as error:
        if over.is_set():
            raise Endless(what, seconds) from error
        raise
    finally:
        done.set()
        # Waited for, so that a late interruption never meets the next model.
        watcher.join()
