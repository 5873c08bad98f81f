"""What can go wrong between a department and us, and a switchboard of what is wrong just now."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from steelyard.kit import yamlfile
from steelyard.kit.errors import SteelyardError
from steelyard.sources import Interface


class Kind(StrEnum):
    """A fault, in the words of the command line."""

    LATE = "late"
    """Nothing is delivered: no file, no row."""
    DUPLICATED = "duplicated"
    """A part or all is delivered twice."""
    OUT_OF_ORDER = "out-of-order"
    """The last row comes first, where rows have an order."""
    HALF = "half-a-file"
    """The delivery breaks off in the middle."""
    DRIFT = "schema-drift"
    """A needed column is renamed and a new one stands at the end."""
    ENCODING = "wrong-encoding"
    """Text in another character set than agreed."""
    SIGNATURE = "wrong-signature"
    """Key, password or signature do not fit any more."""
    ERRORS = "errors-500"
    """The other side fails."""
    DRIP = "slow-drip"
    """Everything comes, very slowly."""
    STORM = "429-storm"
    """Every call is one too many."""


SHORTEST_DRIP_S = 2.0
_ROWS = {Kind.LATE, Kind.DUPLICATED, Kind.OUT_OF_ORDER, Kind.HALF, Kind.DRIFT, Kind.ENCODING}
_REACH = {Kind.SIGNATURE, Kind.ERRORS, Kind.DRIP}
POSSIBLE: Mapping[str, frozenset[Kind]] = {
    "file": frozenset({Kind.LATE, Kind.DUPLICATED, Kind.HALF, Kind.DRIP}),
    "sftp": frozenset({Kind.LATE, Kind.DUPLICATED, Kind.HALF} | _REACH),
    "sql": frozenset(_ROWS | _REACH),
    "rest": frozenset(Kind),
    "push": frozenset(_ROWS | {Kind.SIGNATURE, Kind.DRIP}),
}
"""Faults by connector; what lies in a file besides comes with its format."""
IN_FILES: Mapping[str, frozenset[Kind]] = {
    "csv": frozenset({Kind.OUT_OF_ORDER, Kind.DRIFT, Kind.ENCODING}),
    "jsonl": frozenset({Kind.OUT_OF_ORDER, Kind.DRIFT, Kind.ENCODING}),
    "parquet": frozenset({Kind.OUT_OF_ORDER, Kind.DRIFT}),
}


class NoSuchFault(SteelyardError):
    """This interface cannot fail in this way."""


@dataclass(frozen=True)
class Wish:
    """A fault to switch on: ``late:education/research``, ``errors-500=2:health/visits`` for two calls alone."""

    kind: Kind
    interface: str
    times: int | None = None


def possible(interface: Interface) -> frozenset[Kind]:
    """The ways in which an interface can fail."""
    found = POSSIBLE.get(interface.connector, frozenset())
    if interface.connector in ("file", "sftp"):
        found |= IN_FILES.get(interface.file_format, frozenset())
    # Rows of which nobody said how they are sorted cannot come in a wrong order.
    return found if interface.sequence else found - {Kind.OUT_OF_ORDER}


def drip_seconds(interface: Interface) -> float:
    """How long a slow answer takes: half as long again as the interface allows, and never a moment alone."""
    return max(SHORTEST_DRIP_S, 1.5 * interface.limits.slow_after)


def parse(text: str) -> Wish:
    """A wish as the command line writes it.  Raises NoSuchFault."""
    head, _, interface = text.partition(":")
    word, _, times = head.partition("=")
    if not interface or word not in set(Kind) or (times and not times.isdigit()):
        raise NoSuchFault(f"{text!r} is no fault; write KIND:INTERFACE or KIND=CALLS:INTERFACE, KIND {told_kinds()}")
    return Wish(Kind(word), interface, int(times) if times else None)


def told_kinds() -> str:
    """The kinds in one line."""
    return "one of " + ", ".join(Kind)


def read_file(path: Path) -> list[Wish]:
    """Wishes of a YAML file: interface to a kind or a list of kinds.  Raises NoSuchFault."""
    document = yamlfile.load(path)
    if not isinstance(document.data, dict):
        raise NoSuchFault(f"{path}:1: write INTERFACE: [KIND, …], one interface a line")
    wishes = []
    for interface, kinds in document.data.items():
        for kind in kinds if isinstance(kinds, list) else [kinds]:
            try:
                wishes.append(parse(f"{kind}:{interface}"))
            except NoSuchFault as error:
                raise NoSuchFault(f"{path}:{document.line_of(interface)}: {error}") from None
    return wishes


class Faults:
    """Which faults are on; safe to ask and to switch from several threads.

    ``changed`` is called with the interface after each switch, for systems that must act on it.
    """

    def __init__(self, interfaces: Mapping[str, Interface]) -> None:
        self._interfaces = interfaces
        self._on: dict[str, dict[Kind, int | None]] = {}
        self._lock = threading.Lock()
        self.changed: Callable[[str], None] = lambda _interface: None

    def switch(self, wish: Wish, *, on: bool = True) -> None:
        """Raises NoSuchFault where there is no such interface, or it cannot fail so."""
        interface = self._interfaces.get(wish.interface)
        if interface is None:
            raise NoSuchFault(f"no department offers {wish.interface!r}; `steelyard synth fault --json` lists them")
        allowed = possible(interface)
        if wish.kind not in allowed:
            words = ", ".join(sorted(allowed)) or "nothing"
            raise NoSuchFault(f"{wish.interface} ({interface.connector}) cannot fail by {wish.kind}; it can by {words}")
        with self._lock:
            kinds = self._on.setdefault(wish.interface, {})
            if on:
                kinds[wish.kind] = wish.times
            else:
                kinds.pop(wish.kind, None)
        self.changed(wish.interface)

    def of(self, interface: str) -> frozenset[Kind]:
        """The faults of an interface that are on."""
        with self._lock:
            return frozenset(self._on.get(interface, ()))

    def strikes(self, interface: str, kind: Kind) -> bool:
        """Whether the fault hits this call; one of those that were counted out is used up."""
        with self._lock:
            kinds = self._on.get(interface, {})
            if kind not in kinds:
                return False
            left = kinds[kind]
            if left is not None:
                if left <= 1:
                    del kinds[kind]
                else:
                    kinds[kind] = left - 1
            return left is None or left > 0

    def told(self) -> dict[str, Any]:
        """What is on, by interface."""
        with self._lock:
            return {name: sorted(kinds) for name, kinds in sorted(self._on.items()) if kinds}
