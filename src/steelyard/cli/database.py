"""migrate, clock, backup, restore, reset: the installation's own state."""

import argparse
import hashlib
import os
import shutil
import subprocess
import tarfile
from importlib.metadata import version
from pathlib import Path

from steelyard.cli.session import Session
from steelyard.cli.web import running_site, start_django
from steelyard.engines.postgres import Database, Role, Server
from steelyard.kit.errors import SteelyardError
from steelyard.kit.home import Home

FOLDERS = ("pool", "raw", "media", "inbox", "demo", "scores")


class CannotBackUp(SteelyardError):
    """The installation could not be saved or brought back."""


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    migrate = commands.add_parser("migrate", help="bring the database up to date")
    migrate.set_defaults(run=_migrate)
    clock = commands.add_parser("clock", help="show or move the installation's clock (tests, tutorial)")
    clock.add_argument("move", nargs="?", help="days to move on from now, such as 90; or: reset")
    clock.set_defaults(run=_clock)
    backup = commands.add_parser("backup", help="save everything but the keys into one file")
    backup.add_argument("file", type=Path, help="archive to write")
    backup.set_defaults(run=_backup)
    restore = commands.add_parser("restore", help="bring a saved installation into an empty home")
    restore.add_argument("file", type=Path, help="archive to read")
    restore.set_defaults(run=_restore)
    reset = commands.add_parser("reset", help="remove all state of this home")
    reset.add_argument("--yes", action="store_true", help="do not ask")
    reset.set_defaults(run=_reset)


def migrate_all(session: Session) -> None:
    """Schema engine first, then the web half's tables, each by its owner."""
    session.database.exists()
    start_django(Role.WORKER)
    from steelyard.web.site.database import migrate  # Django must be started first

    migrate()


def migrate_if_changed(session: Session) -> None:
    """As ``migrate_all``, but nothing where the same migrations and workflows were applied to this home before."""
    stamp, wanted = session.home.root / "migrated", _digest(session)
    if stamp.exists() and stamp.read_text() == wanted and Server(session.home).data.exists():
        start_django(Role.WORKER)
        return
    migrate_all(session)
    stamp.write_text(wanted)


def _digest(session: Session) -> str:
    package = Path(__file__).resolve().parents[1]
    files = [
        *package.rglob("migrations/*"),
        *package.rglob("*.sql"),
        *(session.catalogue / "workflows").rglob("*.yaml"),
    ]
    found = hashlib.sha256(version("django").encode())
    for file in sorted(file for file in files if file.is_file() and file.suffix != ".pyc"):
        found.update(file.name.encode() + file.read_bytes())
    return found.hexdigest()


def _migrate(_given: argparse.Namespace) -> int:
    migrate_all(Session.open())
    print("the database is up to date")
    return 0


def _clock(given: argparse.Namespace) -> int:
    database = Session.open().database
    with database.transaction(Role.OWNER) as connection:
        if given.move == "reset":
            connection.execute("UPDATE public.clock_offset SET shift = interval '0'")
        elif given.move is not None:
            if not given.move.isdigit():
                raise SteelyardError("steelyard clock takes a number of days to move on, or the word reset")
            connection.execute(
                "UPDATE public.clock_offset SET shift = shift + make_interval(days => %s)", [int(given.move)]
            )
        row = connection.execute("SELECT shift, public.app_now() FROM public.clock_offset").fetchone()
    assert row is not None
    print(f"moved by {row[0].days} days; it is {row[1]:%Y-%m-%d %H:%M}")
    return 0


def _dump_command(database: Database, home: Home, name: str, *words: str) -> list[str]:
    address = database.address
    program = str(Server(home).program(name)) if address.embedded else name
    if shutil.which(program) is None:
        raise CannotBackUp(f"{name} was not found; install PostgreSQL's client programs")
    return [program, "-h", address.host, "-p", str(address.port), "-U", address.admin, "-d", address.name, *words]


def _backup(given: argparse.Namespace) -> int:
    session = Session.open()
    dump = session.home.root / "database.dump"
    # The database first: a table version committed after it is invisible without its pool row.
    command = _dump_command(session.database, session.home, "pg_dump", "-Fc", "-f", str(dump))
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CannotBackUp(f"pg_dump failed: {done.stderr.strip()[-300:]}")
    with tarfile.open(given.file, "w:gz", compresslevel=3) as archive:
        archive.add(dump, "database.dump")
        for name in FOLDERS:
            if (session.home.root / name).exists():
                archive.add(session.home.root / name, name)
    dump.unlink()
    print(f"saved to {given.file}; the keys in {session.home.secrets} are not in it: keep them elsewhere")
    return 0


def _restore(given: argparse.Namespace) -> int:
    session = Session.open()
    if any(session.home.pool.iterdir()):
        raise CannotBackUp(f"{session.home.root} is in use; restore into an empty home (STEELYARD_HOME)")
    try:
        with tarfile.open(given.file) as archive:
            _extract(archive, session.home.root)
    except (tarfile.TarError, OSError, EOFError) as error:
        raise CannotBackUp(f"{given.file} cannot be read: {error}") from error
    server = Server(session.home)
    database = Database(server.start())
    database.prepare()
    dump = session.home.root / "database.dump"
    command = _dump_command(database, session.home, "pg_restore", "--clean", "--if-exists", str(dump))
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    dump.unlink()
    if done.returncode:
        raise CannotBackUp(f"pg_restore said: {done.stderr.strip()[-300:]}")
    print(f"restored into {session.home.root}; put the keys back into {session.home.secrets}")
    return 0


def _extract(archive: tarfile.TarFile, target: Path) -> None:
    """Plain files and folders below ``target`` alone; Python before 3.11.4 has no filter of its own."""
    for member in archive:
        inside = (target / member.name).resolve().is_relative_to(target.resolve())
        if not inside or not (member.isfile() or member.isdir()):
            raise CannotBackUp(f"{member.name} does not belong into a saved installation")
        member.mode = 0o755 if member.isdir() else 0o644
        member.uid = member.gid = os.geteuid()
        archive.extract(member, target)


def _reset(given: argparse.Namespace) -> int:
    home = Home.from_environment()
    if not home.root.exists():
        print(f"{home.root} does not exist")
        return 0
    if not given.yes and input(f"Remove everything in {home.root}? Type yes: ").strip() != "yes":
        print("nothing was removed")
        return 1
    running = running_site(home)
    if running:
        raise SteelyardError(f"the site of {home.root} is running (process {running}); end it first")
    if (home.root / "departments").exists():
        from steelyard.cli.departments import end_leftovers  # loads the libraries of all their servers

        end_leftovers(home)
    server = Server(home)
    server.stop()
    shutil.rmtree(server.data, ignore_errors=True)
    shutil.rmtree(home.root, ignore_errors=True)
    print(f"removed {home.root}")
    return 0
