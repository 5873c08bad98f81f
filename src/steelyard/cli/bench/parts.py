"""The parts of ``steelyard bench land``, each run as a process: ``python -m steelyard.cli.bench.parts PART …``."""

import datetime as dt
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from steelyard.cli.bench import measuring
from steelyard.cli.bench.made import FILES, write
from steelyard.cli.session import Session
from steelyard.engines.duck import connect
from steelyard.engines.postgres import Server
from steelyard.identity import IdentityKeys
from steelyard.kit.catalogue_folder import catalogue_folder
from steelyard.kit.home import Home
from steelyard.kit.sqltext import literal
from steelyard.pool import Pool
from steelyard.sources import load_interfaces
from steelyard.sources.dict_rows import through_dlt

PIECE_BYTES = 8 << 20
Work = Callable[[], tuple[int, dict[str, Any]]]


def made(dataset: str, path: str, rows: str) -> measuring.Measured:
    """Write the file."""

    def work() -> tuple[int, dict[str, Any]]:
        write(FILES[dataset], int(rows), Path(path))
        return int(rows), {"bytes": Path(path).stat().st_size}

    return measuring.here(work)


def landed(dataset: str, path: str, rows: str) -> measuring.Measured:
    """Land the file into a pool of its own, with identity, as any delivery."""
    with tempfile.TemporaryDirectory(prefix="sy-bench-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        os.environ["STEELYARD_HOME"] = folder
        session = Session(Home(Path(folder)).make(), catalogue_folder())
        try:
            pool, keys = Pool.open(session.home, session.database, session.catalogue), IdentityKeys(session.database)
            interface = FILES[dataset].interface_of(load_interfaces(session.catalogue / "interfaces"))

            def work() -> tuple[int, dict[str, Any]]:
                landing = pool.land(interface, [Path(path)], assign=keys, received_on=dt.date(2026, 6, 30))
                (receipt,) = landing.receipts
                return receipt.received, {"delivery": landing.delivery, "state": landing.state,
                                          "message": landing.message, "receipt": vars(receipt)}  # fmt: skip

            found = measuring.here(work, lambda: measuring.server_seconds(Path(folder)))
            with session.database.connect() as connection:
                bad = connection.execute("SELECT row, rule FROM engine.quarantine WHERE outcome = 'quarantined'")
                exact = {(row[0], row[1]) for row in bad} == FILES[dataset].planted(int(rows))
            found.more["quarantine_exact"] = exact and found.more["receipt"]["quarantined"] == len(
                FILES[dataset].planted(int(rows))
            )
        finally:
            Server(session.home).stop()
        return found


def floor(path: str, rows: str) -> measuring.Measured:
    """The same file to Parquet and no more: decoded, read by DuckDB as text, written."""

    def work() -> tuple[int, dict[str, Any]]:
        with tempfile.TemporaryDirectory() as folder:
            plain = Path(folder) / "plain.csv"
            with Path(path).open(encoding="gb18030", newline="") as source, plain.open("wb") as target:
                while piece := source.read(PIECE_BYTES):
                    target.write(piece.encode())
            duck = connect(memory_mb=1_200, threads=2, spill=Path(folder))
            duck.execute(
                f"COPY (SELECT * FROM read_csv({literal(str(plain))}, all_varchar = true, header = true, quote = '', "
                f"ignore_errors = true)) TO {literal(folder + '/floor.parquet')} (COMPRESSION zstd)"
            )
            duck.close()
            return int(rows), {}

    return measuring.here(work)


def dlt(path: str, rows: str) -> measuring.Measured:
    """The first rows of the file as dictionaries through dlt."""

    def work() -> tuple[int, dict[str, Any]]:
        with tempfile.TemporaryDirectory() as folder:
            return through_dlt(Path(path), "gb18030", int(rows), Path(folder)), {}

    return measuring.here(work)


def main(words: list[str]) -> None:
    # What libraries say on standard output must not stand where the figures are read.
    out = os.dup(1)
    os.dup2(2, 1)
    known: dict[str, Callable[..., measuring.Measured]] = {"made": made, "landed": landed, "floor": floor, "dlt": dlt}
    found = known[words[0]](*words[1:])
    os.write(out, (measuring.as_json(found) + "\n").encode())


if __name__ == "__main__":
    main(sys.argv[1:])
