"""Raw landing: the delivered files as they came, and their text beside them, one folder a delivery."""

import hashlib
import os
import shutil
import tempfile
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from steelyard.kit.errors import SteelyardError
from steelyard.pool import sealing
from steelyard.pool.conform import Flaw
from steelyard.pool.sealing import Seal
from steelyard.sources import FileRefused, Interface, TextFile, read_file
from steelyard.sources.archives import SEPARATOR
from steelyard.sources.files import missing_columns
from steelyard.sources.ocds import read_ocds

CHUNK_BYTES = 1 << 20
MAX_NAME_BYTES = 200
OPEN_FOLDER = ".open-"
"""How a folder begins that holds a delivered file unsealed for a moment."""


class FileChanged(SteelyardError):
    """A file changed while it was taken over."""

    permanent = False


@dataclass(frozen=True)
class RawFile:
    """A delivered file: its name within the delivery, and what identifies its content."""

    number: int
    name: str
    sha256: str
    bytes: int


@dataclass(frozen=True)
class RawText:
    """What could be read of a delivery."""

    texts: tuple[TextFile, ...]
    broken: tuple[Flaw, ...]
    signals: tuple[dict[str, object], ...]
    refused: str = ""

    def of(self, dataset: str) -> list[TextFile]:
        """The text that belongs to one dataset."""
        return [text for text in self.texts if text.dataset in (None, dataset)]


def sha256_of(path: Path) -> tuple[str, int]:
    """Content hash and size of a file."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK_BYTES):
            digest.update(chunk)
            size += len(chunk)
    return digest.hexdigest(), size


def delivered_name(path: Path) -> str:
    """A file's name as people read it: old systems write GBK; what would lead the eye astray is written out."""
    try:
        name = os.fsencode(path.name).decode("utf-8")
    except UnicodeDecodeError:
        name = os.fsencode(path.name).decode("gb18030", "backslashreplace")
    return "".join(f"\\u{ord(c):04x}" if unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp") else c for c in name)


def describe(paths: Sequence[Path]) -> list[RawFile]:
    """Names (made distinct), hashes and sizes of what is handed over."""
    found: list[RawFile] = []
    taken: set[str] = set()
    for number, path in enumerate(paths):
        name = delivered_name(path)
        while name in taken:
            name = f"{path.parent.name}/{name}" if "/" not in name else f"{number}/{name}"
        taken.add(name)
        found.append(RawFile(number, name, *sha256_of(path)))
    return found


def content_hash(files: Sequence[RawFile]) -> str:
    """One hash for all files; their names and order do not matter."""
    return hashlib.sha256("\n".join(sorted(file.sha256 for file in files)).encode()).hexdigest()


def raw_path(folder: Path, file: RawFile) -> Path:
    """Where a delivered file is kept, with its own ending."""
    stem, ending = (Path(file.name).name, "") if "." not in file.name else _cut(Path(file.name).name)
    return folder / "files" / f"{file.number:04d}-{stem}{ending}"


def _cut(name: str) -> tuple[str, str]:
    """A name short enough for the disk with our number before it, and its ending."""
    ending = "".join(Path(name).suffixes[-2:])[-20:]
    stem = name.removesuffix(ending)
    while len((stem + ending).encode()) > MAX_NAME_BYTES:
        stem = stem[:-1]
    return stem, ending


def is_of(file: str, name: str) -> bool:
    """Whether ``file`` (as in ``_file``) is the delivered file ``name``, or a member or sheet of it."""
    return file == name or file.startswith(name + SEPARATOR)


def sealed_path(folder: Path, file: RawFile) -> Path:
    """Where a delivered file lies sealed."""
    return folder / "files" / f"{file.number:04d}{sealing.ENDING}"


def rows_path(folder: Path, file: RawFile) -> Path:
    """Where the rows of a file lie as text, after a person was taken out of one that cannot be edited."""
    return folder / "files" / f"{file.number:04d}.rows{sealing.ENDING}"


def rows_number(file: RawFile) -> int:
    """What such rows are sealed as, so that they are not taken for the file."""
    return -file.number - 1


@contextmanager
def opened_rows(folder: Path, file: RawFile, seal: Seal) -> Iterator[Path]:
    """Such rows, open for a moment."""
    with unsealed(folder, file, sealing.Sealed(rows_path(folder, file), seal, rows_number(file)).chunks()) as path:
        yield path


def renamed(table: pa.Table, file: RawFile, name: str) -> pa.Table:
    """Rows of a file read under the name of its open copy, under the name it was delivered by."""
    inner = name.partition(SEPARATOR)[2]
    said = f"{file.name}{SEPARATOR}{inner}" if inner else file.name
    at = table.column_names.index("_file")
    return table.set_column(at, "_file", pa.array([said] * table.num_rows, pa.string()))


def _rows(folder: Path, file: RawFile, text_folder: Path, seal: Seal) -> list[TextFile]:
    with opened_rows(folder, file, seal) as path:
        table = pq.read_table(path)
    found: list[TextFile] = []
    for name in table["_file"].unique().to_pylist():
        own = table.filter(pc.equal(table["_file"], name))
        kept = [one for one in own.column_names if one not in ("_row", "_file") and own[one].null_count < own.num_rows]
        made = TextFile(name, text_folder, file.number, member=len(found))
        made.columns = [one for one in own.column_names if one not in ("_row", "_file")]
        made.write(kept, [own[one].combine_chunks() for one in kept], own["_row"].combine_chunks())
        found.append(made)
    return found


def keep(paths: Sequence[Path], files: Sequence[RawFile], folder: Path, seal: Seal) -> None:
    """Seal what was delivered into the delivery's folder and make sure it is on disk.

    Raises FileChanged where a file is no longer what was described.
    """
    folder.mkdir(parents=True, mode=0o700)
    (folder / "files").mkdir()
    for path, file in zip(paths, files, strict=True):
        digest = hashlib.sha256()
        sealing.write(seal, file.number, _pieces(path, digest), sealed_path(folder, file))
        if digest.hexdigest() != file.sha256:
            shutil.rmtree(folder)
            raise FileChanged(f"{file.name} changed while it was taken over; it is taken when it is whole")
    handle = os.open(folder / "files", os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _pieces(path: Path, digest: "hashlib._Hash") -> Iterator[bytes]:
    with path.open("rb") as stream:
        while piece := stream.read(CHUNK_BYTES):
            digest.update(piece)
            yield piece


@contextmanager
def opened(folder: Path, file: RawFile, seal: Seal | None) -> Iterator[Path]:
    """A delivered file as it was delivered, under its own ending; the open copy is gone afterwards.

    ``seal``: None for a delivery of the time before files were sealed.
    Raises FileNotFoundError, and ``sealing.Damaged`` for a file somebody altered.
    """
    if seal is None:
        yield raw_path(folder, file)
        return
    with unsealed(folder, file, sealing.Sealed(sealed_path(folder, file), seal, file.number).chunks()) as path:
        yield path


@contextmanager
def unsealed(folder: Path, file: RawFile, pieces: Iterable[bytes]) -> Iterator[Path]:
    """An open copy of pieces of a delivered file, readable by nobody else and gone afterwards."""
    with tempfile.TemporaryDirectory(prefix=OPEN_FOLDER, dir=folder) as made:
        path = Path(made) / raw_path(folder, file).name
        with path.open("wb") as out:
            for piece in pieces:
                out.write(piece)
        yield path


def forget_text(folder: Path) -> None:
    """Remove the text of a delivery that is worked through: it is made again from the sealed files when needed."""
    shutil.rmtree(folder / "text", ignore_errors=True)
    shutil.rmtree(folder / "spill", ignore_errors=True)


def read(
    interface: Interface, files: Sequence[RawFile], folder: Path, area_of: Callable[[str, str], str],
    seal: Seal | None,
) -> RawText:  # fmt: skip
    """Read every file of a delivery as text; replaces what an earlier try left.

    ``area_of``: the area code of an OCDS publisher, given its id and name.
    """
    for left in folder.glob(f"{OPEN_FOLDER}*"):
        shutil.rmtree(left)
    text_folder = folder / "text"
    shutil.rmtree(text_folder, ignore_errors=True)
    text_folder.mkdir()
    texts: list[TextFile] = []
    refused: list[Flaw] = []
    for file in files:
        try:
            if seal and rows_path(folder, file).exists():
                made = _rows(folder, file, text_folder, seal)
            else:
                with opened(folder, file, seal) as path:
                    made = _read(interface, file, path, text_folder, area_of)
            _require(interface, made)
        except FileRefused as error:
            # The supplier knows the file by the name it was delivered under.
            reason = str(error).replace(raw_path(folder, file).name, file.name)
            refused.append(Flaw(file.name, 0, "file", reason=reason))
            continue
        texts += made
    broken = [
        Flaw(line.file, line.row, line.rule, reason=line.reason, raw=line.text)
        for text in texts
        for line in text.broken
    ]
    signals: list[dict[str, object]] = [{"kind": "unknown-column", "file": text.file, "columns": unknown}
               for text in texts if (unknown := _unknown(interface, text))]  # fmt: skip
    signals += [signal for text in texts for signal in text.signals]
    everything = bool(refused) and len(refused) == len(files)
    return RawText(
        tuple(texts),
        (*refused, *broken),
        tuple(signals),
        "; ".join(flaw.reason for flaw in refused) if everything else "",
    )


def _read(
    interface: Interface, file: RawFile, path: Path, text_folder: Path, area_of: Callable[[str, str], str]
) -> list[TextFile]:
    if interface.file_format == "ocds":
        return read_ocds(path, interface, text_folder, file.number, file.name, area_of)
    return read_file(path, interface, text_folder, file.number, file.name)


def _require(interface: Interface, made: Sequence[TextFile]) -> None:
    # A JSON object leaves out what it does not know; a table that lost a column has changed its shape.
    kind = interface.options.member_format if interface.file_format == "zip" else interface.file_format
    if kind not in ("csv", "xlsx", "parquet"):
        return
    for file, names in missing_columns(made, interface.needed()).items():
        raise FileRefused(f"{file}: the column {', '.join(names)} is missing")


def _unknown(interface: Interface, text: TextFile) -> list[str]:
    if interface.file_format == "ocds":
        return []
    return sorted(set(text.columns) - interface.used() - interface.ignore)
