"""Runs a private MariaDB server: a folder and a port of its own, loopback alone, nobody's root.

Made-up departments and tests speak to it as they would to a department's own database.  Nothing of the
machine's own MariaDB is read or touched.
"""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from steelyard.kit.errors import SteelyardError

ADMIN = "steelyard_admin"
PLACES = ("/usr/sbin", "/usr/local/sbin", "/usr/libexec", "/usr/local/mysql/bin", "/opt/homebrew/bin")
SOCKET_PATH_LIMIT = 107


class MariaDBMissing(SteelyardError):
    """There is no MariaDB server on this machine: apt-get install mariadb-server."""


class MariaDBFailed(SteelyardError):
    """The private MariaDB server did not start."""


@dataclass(frozen=True)
class MariaDBAddress:
    """Where a private server listens, and the account that may create databases and accounts."""

    host: str
    port: int
    user: str
    password: str

    def url(self, database: str = "", *, user: str = "", password: str = "") -> str:
        """SQLAlchemy address of a database, as the administrator where no account is named."""
        return (
            f"mysql+pymysql://{user or self.user}:{password or self.password}"
            f"@{self.host}:{self.port}/{database}?charset=utf8mb4"
        )


def program(name: str) -> Path | None:
    """A program of the machine's MariaDB, also where it lies outside the search path."""
    found = shutil.which(name) or next((f"{place}/{name}" for place in PLACES if os.access(f"{place}/{name}", 1)), None)
    return Path(found) if found else None


def is_installed() -> bool:
    """Whether a private server can be started here."""
    return program("mariadbd") is not None and program("mariadb-install-db") is not None


class MariaDB:
    """One private server below ``folder``; ``start`` and ``stop`` may be called again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> MariaDBAddress:
        return self.start()

    def __exit__(self, *_given: object) -> None:
        self.stop()

    def start(self) -> MariaDBAddress:
        """Lay the folder out where it is new, start, wait until the port answers.

        Raises MariaDBMissing where nothing is installed, MariaDBFailed with the server's last words.
        """
        if not is_installed():
            raise MariaDBMissing
        self.stop()
        self.end_orphan()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        address = MariaDBAddress("127.0.0.1", _free_port(), ADMIN, secrets.token_hex(16))
        settings = self._settings(address)
        if not (self.folder / "data" / "mysql").is_dir():
            self._lay_out(settings)
        self._launch(settings, address)
        return address

    def end_orphan(self) -> None:
        """End a server of this folder whose starter was killed; one that somebody else owns is not touched."""
        try:
            pid = int((self.folder / "mariadb.pid").read_text())
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except (OSError, ValueError):
            return
        if str(self.folder).encode() in command:
            os.kill(pid, signal.SIGTERM)
            end = time.monotonic() + 20
            while Path(f"/proc/{pid}").exists() and time.monotonic() < end:
                time.sleep(0.05)

    def stop(self) -> None:
        """End the server that this object started."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def _settings(self, address: MariaDBAddress) -> Path:
        """A file of settings that stands in place of the machine's; the administrator is made at every start."""
        accounts = self.folder / "accounts.sql"
        _write_private(
            accounts,
            f"CREATE OR REPLACE USER '{address.user}'@'127.0.0.1' IDENTIFIED BY '{address.password}';\n"
            f"GRANT ALL ON *.* TO '{address.user}'@'127.0.0.1' WITH GRANT OPTION;\n",
        )
        lines = {
            "datadir": self.folder / "data",
            "socket": self._socket(),
            "pid-file": self.folder / "mariadb.pid",
            "log-error": self.folder / "mariadb.log",
            "init-file": accounts,
            "bind-address": address.host,
            "port": address.port,
            "secure-file-priv": self.folder / "data",
            "local-infile": 0,
            "skip-name-resolve": 1,
            "character-set-server": "utf8mb4",
            "collation-server": "utf8mb4_bin",
            "default-time-zone": "+08:00",
            # Small and quick: what stands here is made up and can be made again.
            "performance-schema": 0,
            "innodb-buffer-pool-size": "32M",
            "innodb-log-file-size": "16M",
            "innodb-flush-log-at-trx-commit": 0,
            "innodb-doublewrite": 0,
            "max-connections": 60,
        }
        if os.geteuid() == 0:
            lines["user"] = "root"  # the folder is root's and closed to every other account
        file = self.folder / "my.cnf"
        _write_private(file, "[mariadbd]\n" + "".join(f"{name} = {value}\n" for name, value in lines.items()))
        return file

    def _socket(self) -> Path:
        short = self.folder / "s"
        if len(str(short)) <= SOCKET_PATH_LIMIT:
            return short
        return Path("/tmp") / f"steelyard-{secrets.token_hex(6)}"  # noqa: S108  # short by need; accounts need a password

    def _lay_out(self, settings: Path) -> None:
        # Passwordless accounts of the installation are tied to the system account that runs it.
        command = [
            str(program("mariadb-install-db")), f"--defaults-file={settings}", f"--datadir={self.folder / 'data'}",
            "--auth-root-authentication-method=socket", "--skip-test-db", "--skip-name-resolve",
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=self.folder)
        if done.returncode:
            raise MariaDBFailed(f"mariadb-install-db failed: {(done.stderr or done.stdout).strip()[-400:]}")

    def _launch(self, settings: Path, address: MariaDBAddress) -> None:
        log = self.folder / "mariadb.log"
        self._process = subprocess.Popen(
            [str(program("mariadbd")), f"--defaults-file={settings}"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            cwd=self.folder, start_new_session=True,
        )  # fmt: skip
        end = time.monotonic() + 60
        while time.monotonic() < end:
            if self._process.poll() is not None:
                break
            if _answers(address):
                return
            time.sleep(0.05)
        self.stop()
        words = log.read_text(errors="replace")[-400:] if log.exists() else ""
        raise MariaDBFailed(f"The private MariaDB server did not start; its last words in {log}: {words}")


def _answers(address: MariaDBAddress) -> bool:
    """Whether a server greets on the port; it does so only once the accounts are made."""
    try:
        with socket.create_connection((address.host, address.port), 1) as line:
            line.settimeout(2)
            return bool(line.recv(1))
    except OSError:
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _write_private(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")
