"""A department's file server on loopback: a folder, one account, and lines that break when they are told to."""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import paramiko

USER, PASSWORD = "reader", "geheim-4711-zhimi"


@dataclass
class FileServer:
    """Serves ``folder``; ``break_after``: the line breaks after so many bytes of a file, once for each entry."""

    folder: Path
    key: paramiko.PKey
    port: int = 0
    client_key: str = ""
    break_after: list[int] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)
    offsets: list[int] = field(default_factory=list)
    transports: list[paramiko.Transport] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"sftp://{USER}@127.0.0.1:{self.port}"

    @property
    def host_key(self) -> str:
        return f"{self.key.get_name()} {self.key.get_base64()}"


class _Account(paramiko.ServerInterface):
    def __init__(self, server: FileServer) -> None:
        self.server = server

    def check_auth_password(self, username: str, password: str) -> int:
        good = (username, password) == (USER, PASSWORD)
        return paramiko.AUTH_SUCCESSFUL if good else paramiko.AUTH_FAILED

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        good = username == USER and key.get_base64() == self.server.client_key
        return paramiko.AUTH_SUCCESSFUL if good else paramiko.AUTH_FAILED

    def get_allowed_auths(self, username: str) -> str:
        return "password,publickey"

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return paramiko.OPEN_SUCCEEDED


class _Handle(paramiko.SFTPHandle):
    def __init__(self, server: FileServer, path: Path) -> None:
        super().__init__(os.O_RDONLY)
        self.server, self.path = server, path
        self.breaks = server.break_after.pop(0) if server.break_after else None
        self.first = True

    def read(self, offset: int, length: int) -> bytes:
        if self.first:
            self.server.offsets.append(offset)
            self.first = False
        if self.breaks is not None and offset >= self.breaks:
            for transport in self.server.transports:
                transport.sock.shutdown(socket.SHUT_RDWR)
            return b""
        data = self.path.read_bytes()[offset : offset + length]
        return data or paramiko.SFTP_EOF

    def stat(self) -> paramiko.SFTPAttributes:
        return paramiko.SFTPAttributes.from_stat(self.path.stat())


class _Files(paramiko.SFTPServerInterface):
    def __init__(self, account: _Account, *args: Any, **more: Any) -> None:
        self.server = account.server

    def _path(self, path: str) -> Path:
        return self.server.folder / path.strip("/")

    def list_folder(self, path: str) -> Any:
        if not self._path(path).is_dir():
            return paramiko.SFTP_NO_SUCH_FILE
        found = [paramiko.SFTPAttributes.from_stat(one.lstat(), one.name) for one in self._path(path).iterdir()]
        for one in found:
            one.filename = one.filename.replace("SLASH", "/")
        return found

    def stat(self, path: str) -> Any:
        return paramiko.SFTPAttributes.from_stat(self._path(path).stat())

    lstat = stat

    def open(self, path: str, flags: int, attr: Any) -> Any:
        self.server.opened.append(Path(path).name)
        return _Handle(self.server, self._path(path))


@contextmanager
def file_server(folder: Path) -> Iterator[FileServer]:
    """A running server over ``folder``."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = FileServer(folder, paramiko.ECDSAKey.generate(), listener.getsockname()[1])

    def serve() -> None:
        while True:
            try:
                line, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=greet, args=(line,), daemon=True).start()

    def greet(line: socket.socket) -> None:
        transport = paramiko.Transport(line)
        transport.add_server_key(server.key)
        transport.set_subsystem_handler("sftp", paramiko.SFTPServer, _Files)
        server.transports.append(transport)
        try:
            transport.start_server(server=_Account(server))
        except (paramiko.SSHException, EOFError, OSError):
            transport.close()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield server
    finally:
        listener.close()
        for transport in server.transports:
            transport.close()
