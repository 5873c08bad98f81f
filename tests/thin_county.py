"""A county's folder with few rows in every file and system, in the very forms of the whole one."""

import shutil
from collections.abc import Mapping
from pathlib import Path

import pyarrow.parquet as pq

from steelyard.sources import Interface
from steelyard.synth.departments.systems import BY_ROWS, Systems

LARGEST_BYTES = 400_000
"""Beyond this a file whose lines cannot be cut is left out."""


def thin(county: Path, out: Path, interfaces: Mapping[str, Interface], rows: int) -> None:
    """Write below ``out`` what ``county`` holds for these interfaces, at most ``rows`` rows a file."""
    systems = Systems(county, interfaces)
    (out / "systems").mkdir(parents=True)
    shutil.copyfile(county / "systems" / "index.json", out / "systems" / "index.json")
    for name, interface in systems.interfaces.items():
        if interface.connector in BY_ROWS:
            place = out / "systems" / f"{name}.parquet"
            place.parent.mkdir(parents=True, exist_ok=True)
            pq.write_table(systems.table(interface).slice(0, rows), place)
            continue
        for file in systems.files(interface)[-2:]:
            _thin_file(file, out / file.relative_to(county), interface, rows)


def _thin_file(file: Path, place: Path, interface: Interface, rows: int) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    if interface.file_format == "parquet":
        pq.write_table(pq.read_table(file).slice(0, rows), place)
    elif interface.file_format in ("csv", "jsonl", "ocds") and file.suffix != ".gz":
        # Lines end with a line feed in every encoding that the departments use.
        lines = file.read_bytes().splitlines(keepends=True)
        head = interface.options.headings[-1] if interface.file_format == "csv" else 0
        foot = lines[-1:] if interface.options.skip_footer and len(lines) > rows + head else []
        place.write_bytes(b"".join([*lines[: rows + head], *foot]))
    elif file.stat().st_size <= LARGEST_BYTES:
        shutil.copyfile(file, place)
