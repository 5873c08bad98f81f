"""A person decides what is held: let it go, or throw it away, with a reason; much of it takes two."""

from collections.abc import Collection
from typing import Any

import psycopg

from steelyard.detect.guards.batches import HeldBatch, held_batches
from steelyard.detect.guards.limits import Limits
from steelyard.kit.errors import SteelyardError

Connection = psycopg.Connection[Any]
LEAST_REASON = 4


class CannotDecide(SteelyardError):
    """What is held cannot be decided so."""

    def __init__(self, zh: str, en: str) -> None:
        self.reason = {"zh": zh, "en": en}
        super().__init__(en)


def release(
    connection: Connection, number: int, *, by: str, reason: str, second: str = "", area: str = "",
    grades: Collection[str] = (), limits: Limits | None = None,
) -> HeldBatch:  # fmt: skip
    """Let a batch go; to be called in a transaction.  Returns the batch as it stands then.

    Findings go out with the next full run of their model (state ``releasing``); ``area`` (digits of a code) and
    ``grades`` let only a part of them go.  More than ``limits.alone`` of them take two persons: with one, the batch
    stays held and remembers who asked.  Vanishings and lost rows are confirmed at once.  Raises CannotDecide.
    """
    batch = _open(connection, number, by, reason)
    bounds = limits or Limits()
    if batch.kind != "findings":
        return _confirm(connection, batch, by, reason)
    going = _going(batch, area, grades, bounds)
    others = {second, batch.asked_by} - {"", by}
    if going > bounds.alone and not others:
        return _ask(connection, batch, by, reason, area, grades)
    if going > bounds.alone and not second and (area, sorted(grades)) != (batch.only_area, sorted(batch.only_grades)):
        # The second person agrees to what the first one asked for, to nothing else.
        return _ask(connection, batch, by, reason, area, grades)
    connection.execute(
        "UPDATE engine.held_batch SET state = 'releasing', only_area = %s, only_grades = %s, asked_by = %s, "
        "decided_by = %s, decided_at = now(), reason = %s WHERE id = %s",
        [area, sorted(grades), next(iter(sorted(others)), ""), by, reason.strip(), number],
    )
    return held_batches(connection, number=number)[0]


def discard(connection: Connection, number: int, *, by: str, reason: str) -> HeldBatch:
    """Throw the findings of a batch away: as long as model and parameters are what they are, they are not held again.

    Raises CannotDecide.
    """
    batch = _open(connection, number, by, reason)
    if batch.kind != "findings":
        raise CannotDecide(
            "消失或清空不能丢弃：数据恢复后自动解除，或确认其属实。",
            "what vanished cannot be discarded: it ends by itself when the data return, or is confirmed by a release",
        )
    _close(connection, batch, "discarded", by, reason)
    return held_batches(connection, number=number)[0]


def _open(connection: Connection, number: int, by: str, reason: str) -> HeldBatch:
    connection.execute("SELECT 1 FROM engine.held_batch WHERE id = %s FOR UPDATE", [number])
    found = held_batches(connection, number=number)
    if not found:
        raise CannotDecide(f"没有扣留批次 {number}。", f"there is no held batch {number}: steelyard detect held list")
    if found[0].state != "held":
        raise CannotDecide(
            f"批次 {number} 已处理（{found[0].state}）。", f"batch {number} is decided already: {found[0].state}"
        )
    if not by.strip() or len(reason.strip()) < LEAST_REASON:
        raise CannotDecide("须写明由谁决定以及理由。", "say who decides, and why")
    return found[0]


def _going(batch: HeldBatch, area: str, grades: Collection[str], limits: Limits) -> int:
    going = batch.within(area, grades)
    if not going:
        raise CannotDecide(
            "所选地区和等级中没有被扣留的发现。", "nothing of the batch lies in this area and is of this grade"
        )
    if going > limits.most_released:
        raise CannotDecide(
            f"一次最多放行 {limits.most_released} 条，所选有 {going} 条：请按地区或等级缩小范围。",
            f"{going} findings are more than the {limits.most_released} one release may send: choose an area or grades",
        )
    return going


def _ask(
    connection: Connection, batch: HeldBatch, by: str, reason: str, area: str, grades: Collection[str]
) -> HeldBatch:
    connection.execute(
        "UPDATE engine.held_batch SET asked_by = %s, reason = %s, only_area = %s, only_grades = %s WHERE id = %s",
        [by, reason.strip(), area, sorted(grades), batch.id],
    )
    return held_batches(connection, number=batch.id)[0]


def _confirm(connection: Connection, batch: HeldBatch, by: str, reason: str) -> HeldBatch:
    if batch.kind == "vanishings":
        connection.execute(
            "UPDATE engine.finding SET state = 'vanished', seq = nextval('engine.finding_seq'), last_run = %s, "
            "last_pool_version = %s, as_of = %s WHERE state <> 'vanished' "
            "AND fingerprint IN (SELECT fingerprint FROM engine.held_vanishing WHERE batch = %s)",
            [batch.last_run, batch.pool_version, batch.as_of, batch.id],
        )
    else:
        # Believed from now on: the next run looks at the area again, and counts from what is there then.
        connection.execute(
            "DELETE FROM engine.dataset_level WHERE dataset = %s AND area_code = %s", [batch.dataset, batch.area_code]
        )
    _close(connection, batch, "released", by, reason)
    return held_batches(connection, number=batch.id)[0]


def _close(connection: Connection, batch: HeldBatch, state: str, by: str, reason: str) -> None:
    connection.execute(
        "UPDATE engine.held_batch SET state = %s, decided_by = %s, decided_at = now(), reason = %s WHERE id = %s",
        [state, by, reason.strip(), batch.id],
    )
