"""One run of an interface: asked, landed, written down.  Dying at any point loses and doubles nothing.

The proof: the cursor is stored in the same row as the delivery whose rows it covers, and is read from the
newest accepted delivery.  Before that row is written nothing has happened; after it the delivery is taken up
again like any other, before the other side is asked for more.
"""

import datetime as dt
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import psycopg

from steelyard.contracts import Contract
from steelyard.kit.errors import SteelyardError
from steelyard.pool import incidents, judging, leftovers, raw, records, runs
from steelyard.pool.faults import fault
from steelyard.pool.keys import Keys
from steelyard.pool.locks import tried
from steelyard.pool.receipts import Landing
from steelyard.pool.runs import Run
from steelyard.sources import ASKED, Fetched, FetchFailed, Interface, Left, ReferenceMissing, References, fetch


class CannotBeAsked(SteelyardError):
    """An interface through which others push, or which a command imports, is not run."""


class Desk(Protocol):
    """What a run needs of the pool."""

    contracts: Mapping[str, Contract]

    def land(
        self, interface: Interface, paths: Sequence[Path], *, assign: Keys, received_on: dt.date,
        received_by: str = ..., key: str | None = ..., cursor: Mapping[str, Any] | None = ...,
    ) -> Landing: ...  # fmt: skip


@dataclass(frozen=True)
class Asking:
    """How a run is made."""

    desk: Desk
    connection: "psycopg.Connection[Any]"
    references: References
    folder: Path
    """Below it files lie between fetching and landing."""
    assign: Keys
    received_on: dt.date
    take_up: Callable[[Interface], Sequence[Landing]]
    """Finishes deliveries of the interface that were interrupted."""
    drop: Callable[[Interface], tuple[Sequence[Landing], Sequence[Left]]]
    """Lands the files that lie ready, for interfaces that are folders; also says which are left, and why."""


def run(asking: Asking, interface: Interface, *, forced: bool = False) -> Run:
    """Ask an interface once and land what is new.

    ``forced``: also where its circuit is open.  A run that fails comes back as such, with the reason; what
    comes out as an exception is a fault of our own.  Raises CannotBeAsked.
    """
    if interface.connector not in (*ASKED, "file"):
        raise CannotBeAsked(f"{interface.id}: rows come through {interface.connector}, nobody asks for them")
    connection = asking.connection
    with tried(connection, f"run {interface.id}") as ours:
        if not ours:
            return runs.skip(connection, interface.id, "another run of it is under way")
        waits = _circuit(connection, interface.id)
        if waits and not forced:
            return runs.skip(connection, interface.id, waits)
        return _run(asking, interface)


def _circuit(connection: "psycopg.Connection[Any]", interface: str) -> str:
    standing = runs.standings(connection, [interface]).get(interface)
    until = standing.not_before if standing else None
    if standing is None or until is None or runs.now(connection) >= until:
        return ""
    return f"failed {standing.failures} times; the next try is at {until:%Y-%m-%d %H:%M %Z}"


def _run(asking: Asking, interface: Interface) -> Run:
    connection = asking.connection
    number = runs.begin(connection, interface.id)
    own: dict[str, Any] = {"id": number}
    try:
        taken_up = list(asking.take_up(interface))
        got, landings = _ask(asking, interface)
        done = _done(got, [*taken_up, *landings])
    except (FetchFailed, ReferenceMissing) as error:
        done = {"state": "failed", "error": str(error)[:2_000], "permanent": error.permanent}
        _meet_failure(connection, interface.id, error)
        return runs.finish(connection, own | done)
    except SteelyardError as error:
        runs.finish(connection, own | {"state": "failed", "error": str(error)[:2_000], "permanent": True})
        _meet_failures(connection, interface.id, str(error))
        raise
    landed = done.pop("landings")
    done["latest"] = runs.latest_of(connection, [feed.dataset for feed in interface.feeds])
    closed = runs.finish(connection, own | done)
    judging.judge(connection, interface, got, landed, closed, asking.desk.contracts)
    return replace(closed, landings=tuple(landed))


def _ask(asking: Asking, interface: Interface) -> tuple[Fetched, list[Landing]]:
    if interface.connector == "file":
        landings, left = asking.drop(interface)
        told = tuple(f"{one.path.name} {one.reason}" for one in left)
        return Fetched((), signals=told, growing=tuple(one.path.name for one in left if one.growing)), list(landings)
    _require_fit(interface, asking.desk.contracts)
    leftovers.remove(asking.connection, asking.folder)
    with leftovers.folder_of(asking.connection, asking.folder, interface.id) as folder:
        cursor, seen = runs.newest_cursor(asking.connection, interface.id), _seen(asking.connection, interface.id)
        if interface.connector == "sftp" and _is_snapshot(interface, asking.desk.contracts):
            cursor, seen = None, lambda digest: False
        got = fetch(interface, folder, asking.references, cursor, seen)
        fault("after-fetch")
        return got, _landed(asking, interface, got)


def _require_fit(interface: Interface, contracts: Mapping[str, Contract]) -> None:
    if interface.fetch.by == "watermark" and _is_snapshot(interface, contracts):
        raise FetchFailed(
            f"{interface.id}: it asks for what is new and feeds a snapshot, which would take every other row away; "
            "fetch.by must be full"
        )


def _is_snapshot(interface: Interface, contracts: Mapping[str, Contract]) -> bool:
    return any(contracts[feed.dataset].mode == "snapshot" for feed in interface.feeds if feed.dataset in contracts)


def _seen(connection: "psycopg.Connection[Any]", interface: str) -> Callable[[str], bool]:
    """Content that was accepted, or refused for itself: the same bytes would end the same way."""

    def known(digest: str) -> bool:
        delivered = records.delivered_content(connection, interface)
        return digest in delivered or digest in records.refused_content(connection, interface)

    return known


def _landed(asking: Asking, interface: Interface, got: Fetched) -> list[Landing]:
    if interface.connector == "sftp":
        return _landed_files(asking, interface, got)
    if not got.rows:
        return []
    content = raw.content_hash(raw.describe(got.paths))
    if got.cursor is None and content == runs.newest_content(asking.connection, interface.id):
        return []
    return [_land(asking, interface, got.paths, got.cursor)]


def _landed_files(asking: Asking, interface: Interface, got: Fetched) -> list[Landing]:
    """Of a snapshot all files together; others one by one, so that one bad file keeps no other out.

    Each carries a cursor that holds the files up to itself: dying between two of them forgets none.
    """
    if not got.paths:
        return []
    if _is_snapshot(interface, asking.desk.contracts):
        content = raw.content_hash(raw.describe(got.paths))
        known = content == runs.newest_content(asking.connection, interface.id)
        return [] if known else [_land(asking, interface, got.paths, None)]
    files = dict((got.cursor or {}).get("files", {}))
    landings = []
    for number, path in enumerate(got.paths):
        later = {other.name for other in got.paths[number + 1 :]}
        upto = {"files": {name: state for name, state in files.items() if name not in later}}
        landings.append(_land(asking, interface, [path], upto))
    return landings


def _land(asking: Asking, interface: Interface, paths: Sequence[Path], cursor: Mapping[str, Any] | None) -> Landing:
    # Not the content is the key: a table may come back to what it was two deliveries ago, and that is news.
    return asking.desk.land(
        interface, paths, assign=asking.assign, received_on=asking.received_on, received_by="fetch",
        key=f"fetch {uuid.uuid4()}", cursor=cursor,
    )  # fmt: skip


# -- what became of it -----------------------------------------------------------------------


def _done(got: Fetched, landings: Sequence[Landing]) -> dict[str, Any]:
    new = [one for one in landings if not one.repeated]
    refused = [one for one in new if one.state == "refused"]
    accepted = [one for one in new if one.state == "accepted"]
    state = "refused" if refused and not accepted else "ok" if accepted else "nothing"
    files = [str(signal.get("reason", "")) for one in new for signal in one.signals if signal.get("kind") == "file"]
    return {
        "state": state,
        "delivery": next((one.delivery for one in reversed(accepted or refused)), None),
        "rows": sum(one.total("received") for one in new),
        "bad_rows": sum(one.total("quarantined") for one in new),
        "calls": got.calls,
        "seconds": round(got.pace.seconds, 3),
        "slowest": round(got.pace.slowest, 3),
        "bytes": got.pace.bytes,
        "error": "; ".join([*(one.message for one in refused), *files])[:2_000],
        "signals": list(got.signals),
        "landings": list(landings),
    }


def _meet_failure(connection: "psycopg.Connection[Any]", interface: str, error: SteelyardError) -> None:
    kind = error.kind if isinstance(error, FetchFailed) else "failing"
    if kind != "failing":
        incidents.meet(connection, interface, kind, str(error), {"permanent": error.permanent})
    _meet_failures(connection, interface, str(error), own=1)


def _meet_failures(connection: "psycopg.Connection[Any]", interface: str, error: str, own: int = 0) -> None:
    """Three in a row make an incident; ``own``: this run, where it is not written down yet."""
    standing = runs.standings(connection, [interface]).get(interface)
    failures = (standing.failures if standing else 0) + own
    if failures >= runs.OPENS_AT:
        incidents.meet(connection, interface, "failing", error, {"failures": failures})
