"""Files of a department's file server, fetched whole over SFTP from the one server we know."""

import hashlib
import io
import socket
import stat
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import paramiko

from steelyard.kit import durations
from steelyard.sources import drops
from steelyard.sources.fetched import Fetched, FetchFailed, SourceDrifted, SourceRefused
from steelyard.sources.hosts import Hosts
from steelyard.sources.interfaces import Interface
from steelyard.sources.pace import Pace
from steelyard.sources.references import References

MAX_FILE_BYTES = 8 << 30
CHUNK_BYTES = 1 << 18
LONGEST_SETTLING_S = 10.0
_KEY_TYPES = (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey)
_BROKEN = (paramiko.SSHException, EOFError, OSError)


@dataclass(frozen=True)
class _Lying:
    """A file of the other side."""

    name: str
    size: int
    changed: int
    """Seconds since 1970, by the other side's clock."""

    @property
    def state(self) -> list[int]:
        return [self.size, self.changed]


def fetch_sftp(
    interface: Interface, folder: Path, references: References, cursor: Mapping[str, Any] | None = None,
    seen: Callable[[str], bool] = lambda digest: False, limit: int | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> Fetched:  # fmt: skip
    """Copy the files that are new or changed since ``cursor`` into ``folder``, in the order of their names.

    ``cursor["files"]``: size and time of change of every file taken, by name.  ``seen``: content that came before
    under another name is left.  ``limit``: only the newest file, for a look.
    Raises FetchFailed and its kinds, ReferenceMissing.
    """
    server = _Server(interface, references)
    with server.connected() as line:
        lying, waiting = _settled(interface, line, sleep)
    known = dict((cursor or {}).get("files") or {})
    wanted = [one for one in lying if known.get(one.name) != one.state]
    if limit is not None:
        wanted = sorted(lying, key=lambda one: one.changed)[-1:]
    paths = [path for one in wanted if not seen(_digest(path := server.copy(one, folder)))]
    return Fetched(
        tuple(paths),
        {"files": {one.name: one.state for one in lying}},
        calls=server.calls,
        pace=server.pace,
        growing=tuple(waiting),
        signals=tuple(f"{name} is still being written; the next run takes it" for name in waiting),
    )


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _settled(
    interface: Interface, line: paramiko.SFTPClient, sleep: Callable[[float], None]
) -> tuple[list[_Lying], list[str]]:
    """The files that are whole, and the names of those that are not: beside which no marker lies, or that change.

    The two sides' clocks may differ, so a file is looked at twice instead of asked for its age.
    """
    marker, before = interface.location.marker, _listed(interface, line)
    if marker:
        names = {str(one.filename) for one in _entries(interface, line)}
        return [one for one in before if one.name + marker in names], []
    if before:
        sleep(min(durations.length(interface.location.settled).total_seconds(), LONGEST_SETTLING_S))
    after = {one.name: one for one in _listed(interface, line)}
    whole = [one for one in before if after.get(one.name) == one]
    return whole, sorted(set(after) - {one.name for one in whole})


def _entries(interface: Interface, line: paramiko.SFTPClient) -> list[paramiko.SFTPAttributes]:
    try:
        return list(line.listdir_attr(interface.location.folder or "."))
    except FileNotFoundError:
        raise SourceDrifted(f"{interface.id}: there is no folder {interface.location.folder}") from None
    except PermissionError:
        raise SourceRefused(f"{interface.id}: we may not look into {interface.location.folder}") from None
    except UnicodeDecodeError:
        raise FetchFailed(f"{interface.id}: the names of the files are not UTF-8") from None


def _listed(interface: Interface, line: paramiko.SFTPClient) -> list[_Lying]:
    found = [
        _Lying(str(one.filename), int(one.st_size or 0), int(one.st_mtime or 0))
        for one in _entries(interface, line)
        if one.st_mode is not None and stat.S_ISREG(one.st_mode) and _is_wanted(str(one.filename), interface)
    ]
    return sorted(found, key=lambda one: one.name)


def _is_wanted(name: str, interface: Interface) -> bool:
    pattern, marker = interface.location.pattern, interface.location.marker
    if "/" in name or "\\" in name or "\0" in name or (marker and name.endswith(marker)):
        return False
    if name.startswith(drops.UNFINISHED_BEGINNINGS) or name.lower().endswith(drops.UNFINISHED_ENDINGS):
        return False
    return fnmatchcase(name, pattern) or fnmatchcase(name, pattern + ".gz")


class _Server:
    """The other side: known by its key, left and met again where the line breaks."""

    def __init__(self, interface: Interface, references: References) -> None:
        address = urlsplit(references.resolve(interface.location.address))
        if address.scheme != "sftp" or not address.hostname or address.password:
            raise SourceRefused(f"{interface.id}: the address of a file server is sftp://user@host:port, no password")
        Hosts.from_environment().require(address.hostname)
        self.interface, self.limits = interface, interface.limits
        self.place = (address.hostname, address.port or 22)
        self.user = references.resolve(interface.auth.user) or address.username or ""
        self.secret = references.resolve(interface.auth.secret)
        self.host_key = tuple(references.resolve(interface.auth.host_key).split()[:2])
        self.calls = 0
        self.pace = Pace()
        if len(self.host_key) != 2:
            raise SourceRefused(
                f"{interface.id}: auth.host_key must hold the server's public key, such as ssh-ed25519 AAAA…; "
                "ask the department for it, do not take it from the line"
            )

    @contextmanager
    def connected(self) -> Iterator[paramiko.SFTPClient]:
        """A line to the server, signed in.  Raises FetchFailed and its kinds."""
        self.calls += 1
        try:
            line = socket.create_connection(self.place, self.limits.timeout)
        except OSError:
            raise FetchFailed(f"{self.interface.id}: no connection to the file server", permanent=False) from None
        transport = paramiko.Transport(line)
        try:
            self._greet(transport)
            client = paramiko.SFTPClient.from_transport(transport)
            if client is None:
                raise FetchFailed(f"{self.interface.id}: the server offers no SFTP")
            client.get_channel().settimeout(self.limits.timeout)
            yield client
        except _BROKEN as error:
            reason = f"{self.interface.id}: the line to the file server broke ({type(error).__name__})"
            raise FetchFailed(reason, permanent=False) from None
        finally:
            transport.close()

    def _greet(self, transport: paramiko.Transport) -> None:
        transport.banner_timeout = transport.handshake_timeout = transport.auth_timeout = self.limits.timeout
        kind = self.host_key[0]
        # Asked for by its kind: a server with several keys would show another one than the one we know.
        offered = ("rsa-sha2-512", "rsa-sha2-256") if kind == "ssh-rsa" else (kind,)
        try:
            transport.get_security_options().key_types = offered
        except ValueError:
            raise SourceRefused(f"{self.interface.id}: auth.host_key {kind} is no kind of key we know") from None
        try:
            transport.start_client(timeout=self.limits.timeout)
        except paramiko.ssh_exception.IncompatiblePeer:
            raise SourceRefused(
                f"{self.interface.id}: the server shows no {kind} key; it is not the one we know"
            ) from None
        shown = transport.get_remote_server_key()
        if (shown.get_name(), shown.get_base64()) != self.host_key:
            raise SourceRefused(
                f"{self.interface.id}: the server shows another key than auth.host_key; nothing was sent"
            )
        self._sign_in(transport)

    def _sign_in(self, transport: paramiko.Transport) -> None:
        try:
            if self.secret.startswith("-----BEGIN"):
                transport.auth_publickey(self.user, self._own_key())
            else:
                transport.auth_password(self.user, self.secret, fallback=False)
        except paramiko.AuthenticationException:
            raise SourceRefused(f"{self.interface.id}: the file server does not let {self.user or 'us'} in") from None

    def _own_key(self) -> paramiko.PKey:
        for kind in _KEY_TYPES:
            try:
                return kind.from_private_key(io.StringIO(self.secret))
            except (paramiko.SSHException, ValueError):
                continue
        raise SourceRefused(f"{self.interface.id}: auth.secret is no private key we can read, or one with a passphrase")

    def copy(self, file: _Lying, folder: Path) -> Path:
        """One whole file; where the line breaks, what is there already is kept and the rest fetched."""
        if file.size > MAX_FILE_BYTES:
            raise SourceRefused(f"{self.interface.id}: {file.name} is larger than {MAX_FILE_BYTES >> 30} GB")
        path = folder / file.name
        for attempt in range(1, max(self.limits.attempts, 1) + 1):
            try:
                with self.connected() as line:
                    return self._copied(line, file, path)
            except FetchFailed as error:
                if error.permanent or attempt >= self.limits.attempts:
                    raise
                time.sleep(self.limits.pause * 2.0 ** (attempt - 1))
        raise AssertionError("a file is tried at least once")

    def _read(self, source: paramiko.SFTPFile) -> bytes:
        with self.pace.waiting():
            part = bytes(source.read(CHUNK_BYTES))
        self.pace.bytes += len(part)
        return part

    def _copied(self, line: paramiko.SFTPClient, file: _Lying, path: Path) -> Path:
        place = f"{self.interface.location.folder.rstrip('/') or '.'}/{file.name}"
        with line.open(place, "rb") as source, path.open("ab") as target:
            source.seek(target.tell())
            while part := self._read(source):
                target.write(part)
                if target.tell() > file.size:
                    break
            now = source.stat()
        if (path.stat().st_size, int(now.st_mtime or 0)) != (file.size, file.changed):
            # Half of an old file and half of a new one are no file.
            path.unlink()
            raise FetchFailed(f"{self.interface.id}: {file.name} changed while it was copied", permanent=False)
        return path
