"""What an interface file says of the way to a department's system: address, proof of who asks, pace."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

from steelyard.kit import durations

CONNECTORS = ("file", "sftp", "sql", "rest", "push", "import")
AUTH_KINDS = ("none", "basic", "bearer", "api-key", "hmac", "oauth2")
PAGING_KINDS = ("none", "page", "offset", "cursor")
FETCH_KINDS = ("full", "watermark")


@dataclass(frozen=True)
class Location:
    """Where the rows lie.  Texts may hold references ``${NAME}``; what they stand for never stands in YAML."""

    folder: str = ""
    """Folder of the files: local for ``file``, of the other side for ``sftp``."""
    pattern: str = ""
    """Glob of the file names."""
    address: str = ""
    """SQLAlchemy address, base address of an API, or ``sftp://user@host:port``."""
    table: str = ""
    """``sql``: table or view, perhaps with its schema."""
    query: str = ""
    """``sql``: one SELECT, where a table is not enough."""
    path: str = ""
    """``rest``: path below the address."""
    parameters: Mapping[str, str] = field(default_factory=dict)
    """``rest``: fixed query parameters."""
    settled: str = "PT2S"
    """``file``, ``sftp``: how long a file must have been left alone before it is taken."""
    marker: str = ""
    """``file``, ``sftp``: ending such as ``.ok`` of a file that is put beside one when it is whole."""


@dataclass(frozen=True)
class Auth:
    """How we prove who asks; every secret is a reference."""

    kind: str = "none"
    user: str = ""
    secret: str = ""
    """Password, token, API key, HMAC key or client secret."""
    key_id: str = ""
    """``hmac``: which key signs; ``oauth2``: the client's id."""
    header: str = ""
    """``api-key``: name of the header, default ``X-Api-Key``."""
    token_path: str = ""
    """``oauth2``: where tokens are given out, below the address."""
    scope: str = ""
    certificate: str = ""
    """Mutual TLS: file of our certificate and key."""
    authority: str = ""
    """TLS: file of the certificates we trust instead of the system's."""
    host_key: str = ""
    """``sftp``: the other side's public key, ``ssh-ed25519 AAAA…``."""
    may_write: bool = False
    """``sql``: take an account that may write, because its department gives no other; every run warns of it."""


@dataclass(frozen=True)
class Fetch:
    """Which rows a run asks for."""

    by: str = "full"
    column: str = ""
    """``watermark``: column that only grows, such as a time of change."""
    overlap: str = "PT0S"
    """``watermark``: how far back of the last seen value a run begins, for rows that were written late."""
    parameter: str = ""
    """``rest``: query parameter that takes the watermark."""
    batch: int = 50_000
    """Rows held in memory at a time."""


@dataclass(frozen=True)
class Paging:
    """How an API hands out its pages."""

    kind: str = "none"
    size: int = 500
    number: str = "page"
    """Query parameter of the page, the offset or the cursor."""
    size_parameter: str = "size"
    first: int = 1
    """``page``: number of the first page."""
    rows: str = ""
    """Path to the list of rows in the answer, such as ``data.items``; empty: the answer is the list."""
    next: str = ""
    """``cursor``: path to the next cursor."""
    total: str = ""
    """Path to the number of all rows, which the run must have got in the end."""


@dataclass(frozen=True)
class Limits:
    """How hard we may press."""

    per_minute: int = 0
    """Calls a minute; 0: as many as the other side answers."""
    timeout: int = 30
    """Seconds without an answer."""
    attempts: int = 5
    """Tries of one call, with growing pauses; what the other side asks for (Retry-After) is kept."""
    pause: float = 0.5
    """Seconds before the second try; doubled each time."""
    slow: float = 0.0
    """Seconds one answer may take (a page of an API, a batch of a database's rows, 256 KB of a file) before the
    interface counts as slow; 0: a third of the timeout."""

    @property
    def slow_after(self) -> float:
        """The bound in seconds."""
        return self.slow or self.timeout / 3


Kind = TypeVar("Kind", Location, Auth, Fetch, Paging, Limits)


def read(kind: type[Kind], name: str, said: Any) -> Kind:
    """One block of an interface file.  Raises ValueError for unknown keys and values."""
    if said is None:
        return kind()
    if not isinstance(said, dict):
        raise ValueError(f"{name} must be a mapping")
    known = {one.name: one.type for one in fields(kind)}
    unknown = sorted(set(said) - set(known))
    if unknown:
        raise ValueError(f"{name}: unknown key {', '.join(map(str, unknown))}; known are {', '.join(known)}")
    made = kind(**said)
    _check(made, name)
    return made


def _check(made: Location | Auth | Fetch | Paging | Limits, name: str) -> None:
    if isinstance(made, Auth):
        _one_of(made.kind, AUTH_KINDS, f"{name}.kind")
        for what in ("secret", "certificate"):
            value = getattr(made, what)
            if value and not (value.startswith("${") and value.endswith("}")):
                raise ValueError(f"{name}.{what} must be a reference such as ${{NAME}}, never the secret itself")
    if isinstance(made, Location):
        durations.length(made.settled)
    if isinstance(made, Fetch):
        _one_of(made.by, FETCH_KINDS, f"{name}.by")
        if made.by == "watermark" and not made.column:
            raise ValueError(f"{name}: a watermark needs its column")
    if isinstance(made, Paging):
        _one_of(made.kind, PAGING_KINDS, f"{name}.kind")


def _one_of(value: str, allowed: tuple[str, ...], name: str) -> None:
    if value not in allowed:
        raise ValueError(f"{name} is {value!r}; it must be one of {', '.join(allowed)}")
