"""What a run has shown of its interface: incidents are opened and closed by it."""

from collections.abc import Mapping, Sequence
from typing import Any

import psycopg

from steelyard.contracts import Contract
from steelyard.pool import disorder, incidents
from steelyard.pool.receipts import Landing
from steelyard.pool.runs import Run
from steelyard.sources import Fetched, Interface

Connection = psycopg.Connection[Any]
THIN = 0.5
"""A full answer with fewer than this share of the rows of the one before is thin."""
TWICE = 0.2
"""From this share of rows on that came more than once, somebody is told."""
FEW = 20
"""Below so many rows a share says nothing."""


def judge(
    connection: Connection, interface: Interface, got: Fetched, landings: Sequence[Landing],
    closed: Run, contracts: Mapping[str, Contract],
) -> None:  # fmt: skip
    """Open and close incidents by what a run that reached the other side has shown."""
    # That an answer was empty does not end a delay; whoever notes delays looks at what was delivered.
    incidents.close(connection, interface.id, ["failing", "signature", *(["late"] if closed.state == "ok" else [])])
    if closed.state == "refused" or closed.error:
        incidents.meet(connection, interface.id, "refused", closed.error, {"delivery": closed.delivery})
    elif closed.state == "ok":
        incidents.close(connection, interface.id, ["refused"])
    _judge_rows(connection, interface.id, landings, ok=closed.state == "ok")
    _judge_size(connection, interface, got, closed, contracts)
    _judge_pace(connection, interface, got)


def _judge_rows(connection: Connection, interface: str, landings: Sequence[Landing], *, ok: bool) -> None:
    unknown, twice = _unknown_columns(landings), _come_twice(landings)
    if unknown or twice:
        told = [f"columns nobody knows: {', '.join(unknown)}"] if unknown else []
        told += [f"{twice} rows came more than once"] if twice else []
        incidents.meet(connection, interface, "drift", "; ".join(told), {"columns": unknown, "twice": twice})
    elif ok:
        incidents.close(connection, interface, ["drift"])
    judge_order(connection, interface, landings)


def judge_order(connection: Connection, interface: str, landings: Sequence[Landing]) -> None:
    """Open or close the incident of an interface whose rows come out of order, by what was accepted anew."""
    accepted = [one for one in landings if one.state == "accepted" and not one.repeated]
    text, details = disorder.told(signal for one in accepted for signal in one.signals)
    if text:
        incidents.meet(connection, interface, disorder.KIND, text, details)
    elif accepted:
        incidents.close(connection, interface, [disorder.KIND])


def _judge_pace(connection: Connection, interface: Interface, got: Fetched) -> None:
    """Slow is an answer that took longer than the interface allows, and a file that is still being written."""
    bound, took = interface.limits.slow_after, got.pace.slowest
    told = [f"an answer took {took:.1f} s, more than {bound:g} s"] if took > bound else []
    told += [f"{name} is still being written" for name in got.growing]
    if told:
        details = {"seconds": round(took, 3), "bound": bound, "bytes": got.pace.bytes, "files": list(got.growing)}
        incidents.meet(connection, interface.id, "slow", "; ".join(told), details)
    else:
        incidents.close(connection, interface.id, ["slow"])


def _unknown_columns(landings: Sequence[Landing]) -> list[str]:
    signals = [signal for one in landings for signal in one.signals if signal.get("kind") == "unknown-column"]
    return sorted({str(name) for signal in signals for name in signal.get("columns", ())})


def _come_twice(landings: Sequence[Landing]) -> int:
    """Rows that a later row of the same delivery replaced, where they are too many for a clerk's slip."""
    received = sum(one.total("received") for one in landings if not one.repeated)
    superseded = sum(one.total("superseded") for one in landings if not one.repeated)
    return superseded if superseded >= FEW and superseded >= received * TWICE else 0


def _judge_size(
    connection: Connection, interface: Interface, got: Fetched, closed: Run,
    contracts: Mapping[str, Contract],
) -> None:  # fmt: skip
    asked = interface.connector in ("sql", "rest")
    if closed.state != "ok" and not (asked and interface.fetch.by == "full"):
        return
    usual = _usual_rows(connection, interface, closed.id)
    least = max(
        (contracts[f.dataset].expectations.min_rows for f in interface.feeds if f.dataset in contracts), default=0
    )
    came = closed.rows if closed.state == "ok" else got.rows
    full = asked and interface.fetch.by == "full"
    if came < least or (full and usual >= FEW and came < usual * THIN):
        text = f"{came} rows came, {max(usual, least)} were expected"
        incidents.meet(connection, interface.id, "thin", text, {"rows": came, "usual": usual, "least": least})
    else:
        incidents.close(connection, interface.id, ["thin"])


def _usual_rows(connection: Connection, interface: Interface, run: int) -> int:
    """The most rows of the five runs before: one thin answer does not make the next one usual."""
    row = connection.execute(
        "SELECT max(rows) FROM (SELECT rows FROM engine.interface_run WHERE interface = %s AND state = 'ok' "
        "AND id < %s ORDER BY id DESC LIMIT 5) AS before",
        [interface.id, run],
    ).fetchone()
    return int(row[0] or 0) if row else 0
