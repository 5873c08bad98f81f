"""Writes the generated pages of docs/reference from the code and the catalogue.

    python scripts/reference.py           write them
    python scripts/reference.py --check   exit 1 and name the pages that are stale

Nothing is started and nothing is read but the checkout, so that the same sources always give the same pages.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PAGES = ROOT / "docs" / "reference"
NOTE = "<!-- Written by scripts/reference.py; change the sources, not this page. -->"


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """A table of Markdown; a bar inside a cell is escaped."""
    yield _row(head)
    yield _row(["---"] * len(head))
    for row in rows:
        yield _row(row)


def _row(cells: Sequence[object]) -> str:
    return "| " + " | ".join(" ".join(str(cell).split()).replace("|", "\\|") for cell in cells) + " |"


def code(*names: str) -> str:
    return ", ".join(f"`{name}`" for name in names)


def commands() -> Iterator[str]:
    """Every command with its arguments and options."""
    from steelyard.cli.main import parser

    yield "# Commands"
    yield "`steelyard COMMAND --help` says the same."
    yield "Exit codes: 0 done, 1 the work found failures, 2 could not be done."
    yield from _command(parser(), "steelyard", "")


def _command(parser: argparse.ArgumentParser, name: str, words: str) -> Iterator[str]:
    """A parser's section, then those of its subcommands; a mere family of commands has no options of its own."""
    inner = next((one for one in parser._actions if isinstance(one, argparse._SubParsersAction)), None)
    options = [one for one in parser._actions if one is not inner and one.dest != "help"]
    if words:
        yield f"## {name}"
        yield f"{words[:1].upper()}{words[1:]}."
    if options:
        yield "\n".join(table(("argument", "meaning"), ((code(_written(one)), _meaning(one)) for one in options)))
    if inner is not None:
        told = {one.dest: one.help or "" for one in inner._choices_actions}
        for word, below in inner.choices.items():
            yield from _command(below, f"{name} {word}", told.get(word, ""))


def _written(action: argparse.Action) -> str:
    value = "" if action.nargs == 0 else str(action.metavar or action.dest).upper()
    if not action.option_strings:
        return {"*": f"[{value} …]", "+": f"{value} …", "?": f"[{value}]"}.get(str(action.nargs), value)
    return f"{', '.join(action.option_strings)} {value}".strip()


def _meaning(action: argparse.Action) -> str:
    told = [action.help or ""]
    if action.choices:
        told.append(f"one of {code(*map(str, action.choices))}")
    if isinstance(action.default, str | int) and not isinstance(action.default, bool):
        told.append(f"default {code(str(action.default))}")
    return "; ".join(part for part in told if part).replace("<", "&lt;")


def models() -> Iterator[str]:
    """The models that stand, by field, and what may be set on them."""
    from steelyard.catalogue import load_catalogue

    found = load_catalogue(ROOT / "catalogue")
    yield "# Models"
    yield "What each field of a model folder means stands in [the fields of a model](models-fields.md)."
    yield f"{len(found.models)} models stand."
    for field in sorted({model.field for model in found.models.values()}):
        own = [model for _, model in sorted(found.models.items()) if model.field == field]
        yield f"## {field}"
        yield "\n".join(
            table(
                ("id", "title", "grade", "line", "key", "datasets"),
                (
                    (code(one.id), f"{one.title.zh}<br>{one.title.en}", ", ".join(one.grades), one.line,
                     code(*one.key), code(*one.data))
                    for one in own
                ),
            )
        )  # fmt: skip
        settable = [(one, parameter) for one in own for parameter in one.parameters.values()]
        if settable:
            yield "\n".join(
                table(
                    ("model", "parameter", "default", "from", "to", "changed by", "meaning"),
                    (
                        (code(one.path.name), code(each.name), _value(each.default), _value(each.least),
                         _value(each.most), each.change_by, f"{each.title.zh}<br>{each.title.en}")
                        for one, each in settable
                    ),
                )
            )  # fmt: skip


def _value(value: object) -> str:
    return "" if value is None else str(value)


def contracts() -> Iterator[str]:
    """The datasets by department, and the relations derived from them."""
    from steelyard.catalogue import load_catalogue

    found = load_catalogue(ROOT / "catalogue")
    names = found.vocabulary["department"].terms
    yield "# Contracts"
    yield (
        f"{len(found.contracts)} datasets. Sensitivity is that of the dataset; a column may be closed further, as its"
        " contract below `catalogue/contracts/` says."
    )
    for department in sorted({contract.department for contract in found.contracts.values()}):
        title = names[department].words
        yield f"## {department}: {title.zh} {title.en}"
        yield "\n".join(
            table(
                ("dataset", "title", "key", "mode", "columns", "sensitivity"),
                (
                    (code(name), f"{one.title.zh}<br>{one.title.en}", code(*one.key), one.mode, len(one.columns),
                     one.sensitivity)
                    for name, one in sorted(found.contracts.items())
                    if one.department == department
                ),
            )
        )  # fmt: skip
    yield "## Derived relations"
    yield "Made once a run from the datasets above; a model reads them like a dataset."
    yield "\n".join(
        table(
            ("relation", "title", "key", "made of"),
            (
                (code(name), f"{one.title.zh}<br>{one.title.en}", code(*one.key), code(*one.data))
                for name, one in sorted(found.relations.items())
            ),
        )
    )


def datasets() -> Iterator[str]:
    """Every dataset with its columns: what a department owes, to the value."""
    from steelyard.catalogue import load_catalogue

    found = load_catalogue(ROOT / "catalogue")
    units = found.vocabulary["unit"].terms
    yield "# 数据集 Datasets"
    yield (
        "Every dataset with its columns. `P` tells who a person is; a subject is stored as a key, its number and name"
        " stay in the register of subjects. [Contracts](contracts.md) is the short list."
    )
    for name, one in sorted(found.contracts.items()):
        expected = one.expectations
        yield f"## {name}"
        yield f"{one.title.zh} {one.title.en}; {one.supplier.zh} {one.supplier.en}; version {one.version}."
        yield "\n".join(
            [
                f"* 主键 key: {code(*one.key)}; 方式 mode: {one.mode}"
                + (f", scope {code(*one.scope)}" if one.scope else ""),
                f"* 节奏 rhythm: {expected.rhythm}, 最迟 latest: {expected.latest}, 应有区划 areas: {expected.areas}",
                f"* 敏感等级 sensitivity: {one.sensitivity}; 保存 kept: {one.retention}",
            ]
        )
        yield "\n".join(
            table(
                ("column", "名称", "name", "type", "unit", "sensitivity", "holds"),
                (
                    (
                        code(each.name), each.title.zh, each.title.en, each.type + (" *" if each.required else ""),
                        units[each.unit].words.en if each.unit else "",
                        each.sensitivity + (" P" if each.private else ""), _holds(each),
                    )
                    for each in one.columns.values()
                ),
            )
        )  # fmt: skip


def _holds(column: Any) -> str:
    """What a value points to: a subject, a row of another dataset, a code of a vocabulary."""
    if column.subject:
        return f"subject: {column.subject}"
    parts = [f"of {code('.'.join(column.of))}"] if column.of else []
    if column.references:
        return ", ".join([code(".".join(column.references)), *parts])
    return ", ".join([f"vocabulary {code(column.vocabulary)}", *parts] if column.vocabulary else parts)


def processing() -> Iterator[str]:
    """The record of processing: who delivers what for which purpose, on what ground, for how long."""
    from steelyard.catalogue import load_catalogue

    found = load_catalogue(ROOT / "catalogue")
    yield "# 处理活动记录 Record of processing"
    yield (
        "Who delivers which data for what, on what ground, and how long it is kept. A ground is named by its"
        " instrument; one that nobody has verified is left out, and no article is claimed where none was read."
    )
    departments = found.vocabulary["department"].terms
    yield "\n".join(
        table(
            ("dataset", "提供部门 supplier", "目的 purpose", "依据 ground", "等级 class", "保存 kept", "个人 persons"),
            (
                (
                    code(name), "<br>".join(" ".join(departments[owner].words) for owner in one.owners),
                    f"{one.purpose.zh}<br>{one.purpose.en}",
                    "<br>".join(basis.ref for basis in one.legal_basis if basis.status != "unverified"),
                    one.sensitivity, one.retention,
                    code(*(each.name for each in one.columns.values() if each.private or each.subject in PERSONS)),
                )
                for name, one in sorted(found.contracts.items())
            ),
        )
    )  # fmt: skip


PERSONS = ("person", "party")
"""Kinds of subject that may be a natural person."""


def pages() -> Iterator[str]:
    """Names and addresses of the site's pages; the API has a page of its own."""
    from django.urls import get_resolver

    yield "# Pages"
    yield "The names by which code and templates know the addresses of the site."
    rows = sorted((address, name) for address, name in _addresses(get_resolver(), "") if not address.startswith("api/"))
    yield "\n".join(table(("address", "name"), ((code(f"/{address}"), code(name)) for address, name in rows)))


def _addresses(resolver: object, before: str) -> Iterator[tuple[str, str]]:
    for one in getattr(resolver, "url_patterns", ()):
        address = before + str(one.pattern).removeprefix("^").removesuffix("$")
        if hasattr(one, "url_patterns"):
            yield from _addresses(one, address)
        else:
            yield address, one.name


def interface_of_programs() -> Iterator[str]:
    """Method, path and purpose of each call of the API."""
    from steelyard.web.site.api import api

    calls = api.get_openapi_schema()["paths"]
    yield "# API"
    yield (
        "All but the villages' disclosure need the header `Authorization: Bearer TOKEN` and act with the rights of the"
        " token's user; [use the API](../howto/api.md) says how to get one. The whole description in OpenAPI stands at"
        " `/api/v1/openapi.json`. Errors are problem documents (RFC 9457)."
    )
    rows = [
        (code(method.upper()), code(path), call.get("summary", ""), call.get("description", ""))
        for path, methods in sorted(calls.items())
        for method, call in sorted(methods.items())
    ]
    yield "\n".join(table(("method", "path", "summary", "meaning"), rows))


SOURCES = {
    "commands": commands,
    "models": models,
    "contracts": contracts,
    "datasets": datasets,
    "processing": processing,
    "pages": pages,
    "api": interface_of_programs,
}


def written(name: str) -> str:
    """One page; it begins with its title."""
    title, *rest = SOURCES[name]()
    return "\n\n".join([title, NOTE, *rest]) + "\n"


def prepare(folder: str) -> None:
    """Django under a home of its own and without a database: only addresses and descriptions are read."""
    os.environ |= {"STEELYARD_HOME": folder, "DATABASE_URL": "postgresql://nobody@localhost/none"}
    os.environ["DJANGO_SETTINGS_MODULE"] = "steelyard.web.site.settings"
    import django

    django.setup()


def main(words: list[str]) -> int:
    if words not in ([], ["--check"]):
        print(__doc__)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        prepare(folder)
        made = {PAGES / f"{name}.md": written(name) for name in SOURCES}
    stale = [path for path, text in made.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    if words:
        for path in stale:
            print(f"{path.relative_to(ROOT)}: stale; run: python scripts/reference.py", file=sys.stderr)
        return 1 if stale else 0
    for path in stale:
        path.write_text(made[path], encoding="utf-8")
        print(path.relative_to(ROOT))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
