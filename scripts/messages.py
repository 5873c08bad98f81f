"""Keeps the two languages complete: lists what is missing, compiles what is there.

    python scripts/messages.py compile   every room's django.po to django.mo
    python scripts/messages.py check     exit 1 where a text has no Chinese, or a Chinese text no use
    python scripts/messages.py missing ROOM   a skeleton of the missing entries, to be pasted into the room's file

Babel reads and writes the catalogues, so that nobody needs the gettext programs.
"""

import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[1]
WEB = ROOT / "src" / "steelyard" / "web"
KEYWORDS = {
    "_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None,
    "ngettext": (1, 2), "ngettext_lazy": (1, 2), "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}  # fmt: skip

Key = tuple[str | None, str, str]
"""Context, text, and the text for many where there is one: without it a count would be shown in English."""


def rooms() -> list[Path]:
    return sorted(folder for folder in WEB.iterdir() if (folder / "__init__.py").exists())


def po_file(room: Path) -> Path:
    return room / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"


def read(room: Path) -> Catalog:
    file = po_file(room)
    if not file.exists():
        return Catalog(locale="zh_Hans")
    return read_po(io.BytesIO(file.read_bytes()), locale="zh_Hans")


def used_in(room: Path) -> Iterator[tuple[Key, str]]:
    """Texts a room shows, with the place."""
    for file in sorted(room.rglob("*.py")):
        if "tests" not in file.parts:
            yield from _extract(file.read_bytes(), file)
    for file in sorted(room.rglob("*.html")):
        yield from _extract(templatize(file.read_text(encoding="utf-8"), origin=str(file)).encode(), file)


def _extract(code: bytes, file: Path) -> Iterator[tuple[Key, str]]:
    for line, text, _comments, context in extract("python", io.BytesIO(code), keywords=KEYWORDS):
        single, many = (text[0], text[1]) if isinstance(text, tuple) else (text, "")
        if single:
            yield (context, single, many), f"{file.relative_to(ROOT)}:{line}"


def compile_all() -> None:
    for room in rooms():
        if po_file(room).exists():
            with po_file(room).with_suffix(".mo").open("wb") as out:
                write_mo(out, read(room), use_fuzzy=True)  # a fresh header is marked fuzzy and would be skipped


def translated(catalog: Catalog) -> set[Key]:
    return {
        (message.context, *(message.id if isinstance(message.id, tuple) else (message.id, "")))
        for message in catalog
        if message.id and (all(message.string) if isinstance(message.string, tuple) else message.string)
    }


def serves(known: set[Key]) -> set[Key]:
    """What the translated texts are good for: one with a text for many also answers for one."""
    return known | {(context, single, "") for context, single, _many in known}


def missing(room: Path, known: set[Key]) -> dict[Key, str]:
    return {key: place for key, place in used_in(room) if key not in known}


def check() -> int:
    known = serves(set().union(*(translated(read(room)) for room in rooms())))
    faults = [f"{place}: no Chinese for {key[1]!r}" for room in rooms() for key, place in missing(room, known).items()]
    used = serves({key for room in rooms() for key, _place in used_in(room)})
    faults += [f"{po_file(room).relative_to(ROOT)}: {key[1]!r} is used nowhere" for room in rooms() for key in sorted(
        translated(read(room)) - used, key=str)]  # fmt: skip
    print("\n".join(faults) or "both languages are complete")
    return 1 if faults else 0


def show_missing(name: str) -> None:
    known = serves(set().union(*(translated(read(room)) for room in rooms())))
    for (context, text, many), place in missing(WEB / name, known).items():
        named = f'\nmsgctxt "{context}"' if context else ""
        plural = f'msgid_plural "{_quoted(many)}"\nmsgstr[0] ""' if many else 'msgstr ""'
        print(f'#: {place}{named}\nmsgid "{_quoted(text)}"\n{plural}\n')


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def main(words: list[str]) -> int:
    if words == ["compile"]:
        compile_all()
        return 0
    if words == ["check"]:
        return check()
    if len(words) == 2 and words[0] == "missing":
        show_missing(words[1])
        return 0
    print(__doc__)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
