"""A model as its author writes it: three texts, not yet in the catalogue."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from steelyard.catalogue.reader import MODEL_FILES
from steelyard.detect.sandbox.limits import TEXT_BYTES
from steelyard.detect.sandbox.refusal import Refusal

_ID = re.compile(r"^[a-z0-9][a-z0-9-]{0,60}/[a-z0-9][a-z0-9-]{0,60}$")
_MOST_BYTES = {"model.yaml": 256 << 10, "model.sql": TEXT_BYTES, "cases.yaml": 1 << 20}


@dataclass(frozen=True)
class Draft:
    """The texts of one folder, by the names of their files."""

    id: str
    files: Mapping[str, str]

    @classmethod
    def read(cls, folder: Path) -> "Draft":
        """The draft in a folder ``<field>/<model>``.  Raises Refusal."""
        missing = [name for name in MODEL_FILES if not (folder / name).is_file()]
        if missing:
            raise Refusal("file", f"{folder}: missing {', '.join(missing)}")
        texts = {name: _text(folder / name) for name in MODEL_FILES}
        return cls(f"{folder.resolve().parent.name}/{folder.resolve().name}", texts)

    @property
    def sql(self) -> str:
        return self.files["model.sql"]

    def write(self, root: Path) -> Path:
        """Lay the texts below ``root`` as the catalogue does; the folder.  Raises Refusal."""
        if not _ID.match(self.id):
            raise Refusal("file", "an id is field/model, in small letters, digits and hyphens")
        folder = root / self.id
        folder.mkdir(parents=True)
        for name, text in self.files.items():
            if name not in _MOST_BYTES:
                raise Refusal("file", f"{name} is no file of a model")
            content = text.encode("utf-8", "replace")
            if len(content) > _MOST_BYTES[name]:
                rule = "sql-size" if name == "model.sql" else "file"
                raise Refusal(rule, f"{name} is {len(content)} bytes long; at most {_MOST_BYTES[name]}")
            (folder / name).write_bytes(content)
        return folder


def _text(path: Path) -> str:
    if path.stat().st_size > max(_MOST_BYTES.values()):
        raise Refusal("file", f"{path} is too long")
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refusal("file", f"{path} is not UTF-8") from error
