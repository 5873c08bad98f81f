"""Rows of a department's API, as JSON lines in the very text they came in."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import urlsplit

from dlt.common.configuration.specs.runtime_configuration import RuntimeConfiguration
from dlt.sources.helpers.requests.session import Session
from dlt.sources.helpers.rest_client.client import RESTClient

from steelyard.sources.fetched import Fetched, FetchFailed, SourceRefused
from steelyard.sources.hosts import Hosts
from steelyard.sources.interfaces import Interface
from steelyard.sources.json_files import flat
from steelyard.sources.json_rows import Row
from steelyard.sources.references import References
from steelyard.sources.rest_auth import auth_of, trust
from steelyard.sources.rest_calls import Caller
from steelyard.sources.rest_pages import Pages
from steelyard.sources.watermark import Watermark, Window

WALKS = 3
"""How often the pages are walked anew where they do not add up; rows move while they are read."""


def fetch_rest(
    interface: Interface, folder: Path, references: References, cursor: Mapping[str, Any] | None = None,
    limit: int | None = None,
) -> Fetched:  # fmt: skip
    """Read what is new (or all) into one file of JSON lines below ``folder``.

    ``limit``: rows of a look without landing.  Raises FetchFailed and its kinds, ReferenceMissing.
    """
    path = folder / f"{interface.id.rpartition('/')[2]}-0000.jsonl"
    with _calling(interface, references, folder) as caller:
        walk = _Walk(interface, references, caller, cursor)
        try:
            rows = walk.write(path, limit)
        except FetchFailed as error:
            raise type(error)(f"{interface.id}: {error}", permanent=error.permanent) from None
    return Fetched((path,), walk.cursor, rows, caller.calls, walk.total, walk.signals, pace=caller.pace)


@contextmanager
def _calling(interface: Interface, references: References, folder: Path) -> Iterator[Caller]:
    address = references.resolve(interface.location.address)
    _require_allowed(interface, address)
    session = Session(timeout=interface.limits.timeout, raise_for_status=False)
    # Nothing of the surroundings: no proxy, no stored passwords.
    session.trust_env = False
    session.headers["User-Agent"] = "steelyard"
    session.headers["Accept"] = "application/json"
    client = RESTClient(address, session=session, config=RuntimeConfiguration(dlthub_telemetry=False))
    caller = Caller(client, interface.limits)
    caller.auth = auth_of(
        interface.auth, references, interface.id, lambda form: caller.post_form(interface.auth.token_path, form)
    )
    with session, trust(session, interface.auth, references, folder):
        yield caller


def _require_allowed(interface: Interface, address: str) -> None:
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SourceRefused(f"{interface.id}: the address of an API begins with https://host")
    if parts.username or parts.password or parts.query:
        raise SourceRefused(f"{interface.id}: the address of an API holds no password and no query; use auth")
    Hosts.from_environment().require(parts.hostname, plain=parts.scheme == "http")


class _Walk:
    """One run's walk, repeated where the pages do not add up."""

    def __init__(
        self, interface: Interface, references: References, caller: Caller, cursor: Mapping[str, Any] | None
    ) -> None:
        self.interface, self.caller, self.begin = interface, caller, cursor
        self.fixed = {name: references.resolve(str(said)) for name, said in interface.location.parameters.items()}
        self.cursor: dict[str, Any] | None = None
        self.total: int | None = None
        self.signals: tuple[str, ...] = ()

    def write(self, path: Path, limit: int | None) -> int:
        """Walk until the pages add up.  Returns how many rows were written."""
        for walk in range(1, WALKS + 1):
            watermark = Watermark.of(self.interface.fetch, self.begin)
            pages = Pages(
                self.caller, self.interface.paging, self.interface.location.path, self.fixed | self._since(watermark)
            )
            try:
                with path.open("w", encoding="utf-8") as out:
                    rows = self._copy(pages, out, watermark, limit)
            except FetchFailed as error:
                if walk < WALKS and pages.total is not None and pages.got != pages.total and not error.permanent:
                    continue
                raise
            self.total = pages.total
            if not pages.changed or limit is not None:
                return rows
        self.signals = ("the number of rows changed while the pages were read, in every one of several tries",)
        return rows

    def _since(self, watermark: Watermark | None) -> dict[str, str]:
        since = watermark.since_text() if watermark else None
        if since is None:
            return {}
        if not self.interface.fetch.parameter:
            raise SourceRefused(
                f"{self.interface.id}: fetch.parameter must name the parameter that takes the watermark"
            )
        return {self.interface.fetch.parameter: since}

    def _copy(self, pages: Pages, out: TextIO, watermark: Watermark | None, limit: int | None) -> int:
        window = Window(watermark) if watermark else None
        written = 0
        for rows in pages:
            for row in self._new(window, rows):
                out.write(row.text + "\n")
                written += 1
                if written == limit:
                    return written
        self.cursor = window.cursor() if window else None
        return written

    def _new(self, window: Window | None, rows: list[Row]) -> list[Row]:
        if window is None:
            return rows
        marks = [self._mark(row) for row in rows]
        window.watermark.learn(marks)
        return [rows[at] for at in window.new(marks, lambda at: [rows[at].text])]

    def _mark(self, row: Row) -> str | None:
        return flat(row.value).get(self.interface.fetch.column) if isinstance(row.value, dict) else None
