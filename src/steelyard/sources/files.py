"""The table of readers: one delivered file in, text Parquet out."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from steelyard.sources.archives import SEPARATOR, members, unpacked
from steelyard.sources.csv_files import read_csv
from steelyard.sources.interfaces import Interface
from steelyard.sources.jail import read_jailed
from steelyard.sources.json_files import read_json
from steelyard.sources.opening import opened
from steelyard.sources.textfile import FileRefused, TextFile

CHUNK_BYTES = 1 << 20


def read_file(path: Path, interface: Interface, folder: Path, number: int, name: str | None = None) -> list[TextFile]:
    """Read one file of an interface as text Parquet into ``folder``: one TextFile, or one a member or sheet.

    ``number`` keeps the parts of several files apart, ``name`` is what ``_file`` begins with.
    Raises FileRefused where nothing of the file can be used; OCDS has a reader of its own.
    """
    made = TextFile(name or path.name, folder, number)
    if interface.file_format != "zip":
        return read_as(interface.file_format, path, interface, made)
    found: list[TextFile] = []
    for member in members(path, interface.options, made.file):
        inner = TextFile(f"{made.file}{SEPARATOR}{member.name}", folder, number, member=member.number)
        with unpacked(path, member, folder, made.file) as file:
            try:
                found += read_as(interface.options.member_format, file, interface, inner)
            except FileRefused as error:
                # A reader knows the file by the name it has on our disk.
                raise FileRefused(str(error).replace(f"{file.name}: ", f"{inner.file}: ")) from error
    return found


def read_as(kind: str, path: Path, interface: Interface, made: TextFile) -> list[TextFile]:
    """Read a file that is no archive in one of the formats."""
    if kind == "csv":
        return [read_csv(path, interface.options, made)]
    if kind in ("xlsx", "parquet"):
        with _plain(path, made) as file:
            return read_jailed(kind, file, interface.options, made, frozenset(interface.used()))
    return [read_json(path, interface.options, made, as_lines=kind == "jsonl")]


@contextmanager
def _plain(path: Path, made: TextFile) -> Iterator[Path]:
    """The file itself, or where it is packed, a copy that is not and is gone afterwards."""
    if path.suffix.lower() != ".gz":
        with opened(path):
            yield path
        return
    target = made.folder / f"{made.number:04d}-{made.member:04d}.unpacked"
    try:
        with opened(path) as stream, target.open("wb") as out:
            while chunk := stream.read(CHUNK_BYTES):
                out.write(chunk)
        yield target
    finally:
        target.unlink(missing_ok=True)


def missing_columns(made: Sequence[TextFile], needed: set[str]) -> Mapping[str, list[str]]:
    """Per file the columns that are needed and not there; files without rows of objects are left out."""
    found = {text.file: sorted(needed - set(text.columns)) for text in made if text.columns}
    return {file: names for file, names in found.items() if names}
