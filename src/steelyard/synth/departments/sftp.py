"""The departments' file servers: SFTP on loopback, one account a department, nothing but reading."""

import io
import os
import socket
import stat
import threading
import time
from collections.abc import Callable
from pathlib import Path, PurePosixPath

import paramiko
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519

from steelyard.sources import Interface
from steelyard.synth.departments.faults import Faults, Kind, drip_seconds
from steelyard.synth.departments.proof import same
from steelyard.synth.departments.spoil import spoiled_file
from steelyard.synth.departments.twice import second_name

DRIP_BYTES = 262_144
"""So much of a file takes as long as a slow answer."""
REQUEST_BYTES = 32_768


class Shelf:
    """Files of one interface as they lie on the server just now."""

    def __init__(self, interface: Interface, folder: str, files: Callable[[], list[Path]], faults: Faults) -> None:
        self.interface = interface
        self.folder = PurePosixPath("/") / folder.strip("/")
        self._files = files
        self._faults = faults

    @property
    def kinds(self) -> frozenset[Kind]:
        return self._faults.of(self.interface.id)

    def names(self) -> dict[str, Path]:
        """Path on the server to the file behind it."""
        if Kind.LATE in self.kinds:
            return {}
        found = {str(self.folder / file.name): file for file in self._files()}
        if Kind.DUPLICATED in self.kinds:
            found |= {str(self.folder / second_name(file.name, self.interface)): file for file in self._files()}
        return found

    def content(self, file: Path) -> bytes:
        return spoiled_file(file.read_bytes(), self.interface, self.kinds)

    def fails(self) -> bool:
        return self._faults.strikes(self.interface.id, Kind.ERRORS)


class Sftp:
    """One server for all departments; who signs in sees the shelves of his department."""

    def __init__(self) -> None:
        self._accounts: dict[tuple[str, str], list[Shelf]] = {}
        """By name and password: several departments may know us by the same name."""
        self._key = _host_key()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._transports: list[paramiko.Transport] = []
        self._ends = threading.Event()

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    @property
    def host_key(self) -> str:
        """The server's public key as interface files name it."""
        return f"{self._key.get_name()} {self._key.get_base64()}"

    def address(self, user: str) -> str:
        return f"sftp://{user}@127.0.0.1:{self.port}"

    def put(self, user: str, password: str, shelf: Shelf) -> None:
        """Show a shelf to whoever signs in so."""
        self._accounts.setdefault((user, password), []).append(shelf)

    def shelves(self, user: str, password: str) -> list[Shelf] | None:
        """What these credentials open; None where they open nothing."""
        for (name, wanted), shelves in self._accounts.items():
            if name == user and same(password, wanted):
                return shelves
        return None

    def start(self) -> None:
        threading.Thread(target=self._accept, daemon=True).start()

    def stop(self) -> None:
        self._ends.set()
        self._listener.close()
        for transport in self._transports:
            transport.close()

    def _accept(self) -> None:
        while not self._ends.is_set():
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._greet, args=(line,), daemon=True).start()

    def _greet(self, line: socket.socket) -> None:
        transport = paramiko.Transport(line)
        transport.add_server_key(self._key)
        transport.set_subsystem_handler("sftp", paramiko.SFTPServer, _Files)
        self._transports = [one for one in self._transports if one.is_active()] + [transport]
        try:
            transport.start_server(server=_Account(self))
        except (paramiko.SSHException, EOFError, OSError):
            transport.close()


class _Account(paramiko.ServerInterface):  # type: ignore[misc]  # paramiko tells no types
    """Who has signed in."""

    def __init__(self, server: Sftp) -> None:
        self._server = server
        self.shelves: list[Shelf] = []

    def check_auth_password(self, username: str, password: str) -> int:
        found = self._server.shelves(username, password)
        if found is None:
            return int(paramiko.AUTH_FAILED)
        self.shelves = found
        return int(paramiko.AUTH_SUCCESSFUL)

    def get_allowed_auths(self, username: str) -> str:
        return "password"

    def check_channel_request(self, kind: str, chanid: int) -> int:
        allowed = kind == "session"
        return int(paramiko.OPEN_SUCCEEDED if allowed else paramiko.OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED)


class _Files(paramiko.SFTPServerInterface):  # type: ignore[misc]  # paramiko tells no types
    """What paramiko asks for one signed-in caller; everything that writes is refused by its own answers."""

    def __init__(self, server: paramiko.ServerInterface, *args: object, **more: object) -> None:
        assert isinstance(server, _Account)
        self._shelves = server.shelves

    def _all(self) -> dict[str, tuple[Shelf, Path]]:
        return {name: (shelf, file) for shelf in self._shelves for name, file in shelf.names().items()}

    def canonicalize(self, path: str) -> str:
        return os.path.normpath("/" + path.lstrip("/"))

    def list_folder(self, path: str) -> list[paramiko.SFTPAttributes] | int:
        folder = self.canonicalize(path)
        listed = [_file(name, *found) for name, found in self._all().items() if os.path.dirname(name) == folder]
        below = {PurePosixPath(shelf.folder) for shelf in self._shelves}
        if not listed and folder != "/" and not any(str(one).startswith(folder) for one in below):
            return int(paramiko.SFTP_NO_SUCH_FILE)
        if any(str(shelf.folder) == folder and Kind.SIGNATURE in shelf.kinds for shelf in self._shelves):
            return int(paramiko.SFTP_PERMISSION_DENIED)
        inner = {
            one.relative_to(folder).parts[0] for one in below if str(one).startswith(folder) and str(one) != folder
        }
        return listed + [_folder(name) for name in sorted(inner)]

    def stat(self, path: str) -> paramiko.SFTPAttributes | int:
        name = self.canonicalize(path)
        found = self._all().get(name)
        if found is not None:
            return _file(name, *found)
        if name == "/" or any(str(shelf.folder).startswith(name) for shelf in self._shelves):
            return _folder(os.path.basename(name))
        return paramiko.SFTP_NO_SUCH_FILE

    lstat = stat

    def open(self, path: str, flags: int, attr: paramiko.SFTPAttributes) -> "paramiko.SFTPHandle | int":
        found = self._all().get(self.canonicalize(path))
        if found is None:
            return paramiko.SFTP_NO_SUCH_FILE
        if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC):
            return paramiko.SFTP_PERMISSION_DENIED
        shelf, file = found
        if Kind.SIGNATURE in shelf.kinds:
            return paramiko.SFTP_PERMISSION_DENIED
        if shelf.fails():
            return paramiko.SFTP_FAILURE
        return _Reading(
            flags, shelf.content(file), file, drip_seconds(shelf.interface) if Kind.DRIP in shelf.kinds else 0.0
        )


class _Reading(paramiko.SFTPHandle):  # type: ignore[misc]  # paramiko tells no types
    """An open file."""

    def __init__(self, flags: int, content: bytes, file: Path, drip: float) -> None:
        super().__init__(flags)
        self._content = content
        self._file = file
        self._pause = drip / max(1, min(len(content), DRIP_BYTES) // REQUEST_BYTES)

    def read(self, offset: int, length: int) -> bytes:
        if self._pause and offset < len(self._content):
            time.sleep(self._pause)
        return self._content[offset : offset + length]

    def stat(self) -> paramiko.SFTPAttributes:
        return _attributes(len(self._content), self._file)


def _file(name: str, shelf: Shelf, file: Path) -> paramiko.SFTPAttributes:
    size = file.stat().st_size
    if shelf.kinds & {Kind.HALF, Kind.DRIFT, Kind.ENCODING}:
        size = len(shelf.content(file))
    found = _attributes(size, file)
    found.filename = os.path.basename(name)
    return found


def _attributes(size: int, file: Path) -> paramiko.SFTPAttributes:
    found = paramiko.SFTPAttributes()
    found.st_size = size
    found.st_mode = stat.S_IFREG | 0o444
    found.st_mtime = found.st_atime = int(file.stat().st_mtime)
    return found


def _folder(name: str) -> paramiko.SFTPAttributes:
    found = paramiko.SFTPAttributes()
    found.filename = name
    found.st_mode = stat.S_IFDIR | 0o555
    found.st_size = 0
    found.st_mtime = found.st_atime = int(time.time())
    return found


def _host_key() -> paramiko.PKey:
    text = ed25519.Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
    )
    return paramiko.Ed25519Key(file_obj=io.StringIO(text.decode()))
