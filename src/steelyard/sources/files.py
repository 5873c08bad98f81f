"""The table of readers: one delivered file in, text Parquet out."""

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from steelyard.sources.csv_files import read_csv
from steelyard.sources.interfaces import Interface
from steelyard.sources.json_files import read_json
from steelyard.sources.lines import line_at
from steelyard.sources.textfile import SHOWN_CHARACTERS, TextFile
from steelyard.sources.xlsx_files import read_xlsx


def read_file(path: Path, interface: Interface, folder: Path, number: int, name: str | None = None) -> TextFile:
    """Read one file of an interface as text Parquet into ``folder``.

    ``number`` keeps the parts of several files apart, ``name`` is what ``_file`` says.
    Raises FileRefused where nothing of the file can be used; OCDS has a reader of its own.
    """
    made = TextFile(name or path.name, folder, number)
    if interface.file_format == "csv":
        return read_csv(path, interface.options, made)
    if interface.file_format == "xlsx":
        return read_xlsx(path, interface.options, made)
    return read_json(path, made, as_lines=interface.file_format == "jsonl", encoding=interface.options.encoding)


def read_line(path: Path, encoding: str | None, number: int) -> str | None:
    """The delivered line as text, None where the file has no such line or no lines at all."""
    if zipfile.is_zipfile(path):
        return None
    line = line_at(path, number)
    if line is None:
        return None
    try:
        text = line.decode(encoding or "utf-8")
    except UnicodeDecodeError:
        text = line.decode("gb18030", "replace")
    return text[:SHOWN_CHARACTERS]


def missing_columns(made: Sequence[TextFile], needed: set[str]) -> Mapping[str, list[str]]:
    """Per file the columns that are needed and not there; files without rows of objects are left out."""
    found = {text.file: sorted(needed - set(text.columns)) for text in made if text.columns}
    return {file: names for file, names in found.items() if names}
