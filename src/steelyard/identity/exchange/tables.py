"""Plain CSV: parties in one file, links in another, and a page that says what the columns mean."""

import csv
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from steelyard.identity.exchange.faults import Faults
from steelyard.identity.exchange.shapes import KINDS, Bundle, Link, Party, Read
from steelyard.identity.exchange.values import (
    Unreadable,
    day_of,
    fraction_of,
    percent_text,
    shares_of,
    text_of,
    whole_of,
)

SUBJECTS, TIES, README = "subjects.csv", "ties.csv", "README.md"
_PARTY = tuple(field.name for field in fields(Party))
_LINK = ("id", "kind", "a", "b", "basis", "role", "degree", "share_percent", "from_date", "to_date", "confidence",
         "tier", "dataset", "proof")  # fmt: skip
_MOST_LINE = 1 << 20
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
MEANINGS: Mapping[str, Mapping[str, str]] = {
    SUBJECTS: {
        "id": "identifier of the subject, the same in every file for the same recipient / 主体标识",
        "kind": "person, company or org (a public or village body) / 类别",
        "name": "name; of a person its first character unless the file was made uncovered / 名称",
        "tier": "how sure it is who this is: H, T1, T2, T3 or source / 身份确认等级",
        "number_kind": "resident or credit; empty unless the file was made uncovered / 号码类别",
        "number": "the number; empty unless the file was made uncovered / 号码",
    },
    TIES: {
        "id": "identifier of the tie / 关系标识",
        "kind": "kin, household, ownership, office, employment, agent, guarantor, or the thing shared / 关系类别",
        "a": "id of the first subject: holder, office holder, employee, relative / 甲方",
        "b": "id of the second subject: what is held, led, or works with / 乙方",
        "basis": "what the kind rests on, such as legal_rep, officer, declared / 依据",
        "role": "the word for it, as delivered / 称谓或职务",
        "degree": "degree of kinship / 亲等",
        "share_percent": "share in percent, or a range such as 25-50 / 持股比例",
        "from_date": "first day / 起始日期",
        "to_date": "last day; empty: not told / 截止日期",
        "confidence": "0 to 1 / 置信度",
        "tier": "the weaker tier of the two subjects / 等级",
        "dataset": "dataset of the row that says so / 来源数据集",
        "proof": "what the publisher finds that row by / 证据编号",
    },
}


def carries(link: Link, kinds: Mapping[str, str]) -> bool:
    """Whether the format has a place for a link: for every one."""
    return True


def write(bundle: Bundle, folder: Path) -> list[Path]:
    """Write both files and the page."""
    parties = [{name: getattr(party, name) for name in _PARTY} for party in bundle.parties]
    links = [_row(link) for link in bundle.links]
    page = folder / README
    page.write_text(_page(bundle), encoding="utf-8")
    return [_write(folder / SUBJECTS, _PARTY, parties), _write(folder / TIES, _LINK, links), page]


def _row(link: Link) -> dict[str, Any]:
    share = "" if link.share is None else percent_text(link.share, link.most)
    return {name: getattr(link, name) for name in _LINK if name != "share_percent"} | {"share_percent": share}


def _write(path: Path, columns: tuple[str, ...], rows: list[dict[str, Any]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(columns)
        # Outside Python a row is read in a spreadsheet: nothing in it may be a formula.
        out.writerows(["" if row[name] is None else _safe(str(row[name])) for name in columns] for row in rows)
    return path


def _safe(cell: str) -> str:
    return f"'{cell}" if _FORMULA.match(cell) else cell


def _plain(cell: str) -> str:
    """What ``_safe`` was given."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def _page(bundle: Bundle) -> str:
    lines = [f"# Ties, published by {bundle.publisher} on {bundle.made_on}", ""]
    lines.append(f"{len(bundle.parties)} subjects, {len(bundle.links)} ties. UTF-8, comma, one head line. A cell that")
    lines.append("would be a formula in a spreadsheet has an apostrophe in front.")
    for file, meanings in MEANINGS.items():
        lines += ["", f"## {file}", "", "| column | meaning |", "|---|---|"]
        lines += [f"| {name} | {meaning} |" for name, meaning in meanings.items()]
    return "\n".join(lines) + "\n"


# -- reading -------------------------------------------------------------------------------------------------------


def read(path: Path) -> Read:
    """A folder with the two files, or one of them; ties may be absent.  Raises FileRefused."""
    folder = path if path.is_dir() else path.parent
    found, faults = Read(files={"parties": SUBJECTS, "links": TIES}), Faults(SUBJECTS)
    for line, row in _rows(folder / SUBJECTS, _PARTY[:3], faults):
        one = _Row(line, row, faults, SUBJECTS)
        party = Party(*(one.get(name) for name in _PARTY))
        if party.kind not in KINDS:
            one.note("kind", f"{party.kind!r} is none of {', '.join(KINDS)}")
        found.parties.append((line, party))
    if (folder / TIES).exists():
        for line, row in _rows(folder / TIES, _LINK[:4], faults):
            found.links.append((line, _link(_Row(line, row, faults, TIES))))
    faults.settle()
    return found


def _rows(path: Path, needed: tuple[str, ...], faults: Faults) -> Iterator[tuple[int, dict[str, str]]]:
    """Rows by column, each with the line on which it ends."""
    if not path.is_file():
        faults.note(1, "file", "is missing", path.name)
        return
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(_lines(file, path, faults), strict=True)
        try:
            head = next(reader, [])
            missing = [name for name in needed if name not in head]
            if missing:
                faults.note(1, "head", f"lacks the columns {', '.join(missing)}", path.name)
                return
            for cells in reader:
                if len(cells) > len(head):
                    faults.note(reader.line_num, "line", f"has {len(cells)} cells, the head {len(head)}", path.name)
                elif any(cells):
                    yield reader.line_num, dict(zip(head, cells, strict=False))
        except csv.Error as error:
            faults.note(reader.line_num, "line", f"cannot be read: {error}", path.name)
        except UnicodeDecodeError:
            faults.note(reader.line_num + 1, "line", "or one soon after it is not UTF-8", path.name)


def _lines(file: Any, path: Path, faults: Faults) -> Iterator[str]:
    number = 0
    while line := file.readline(_MOST_LINE + 1):
        number += 1
        if len(line) > _MOST_LINE:
            faults.note(number, "line", f"is longer than {_MOST_LINE} characters", path.name)
            return
        yield line


class _Row:
    """One row: its values by column, faults noted where they cannot be read."""

    def __init__(self, line: int, cells: Mapping[str, str], faults: Faults, file: str) -> None:
        self.line, self.cells, self.faults, self.file = line, cells, faults, file

    def note(self, field: str, what: str) -> None:
        self.faults.note(self.line, field, what, self.file)

    def get(self, field: str, form: Callable[..., Any] = text_of, **more: Any) -> Any:
        """A cell in a form; None or '' where it is empty, absent or wrong."""
        try:
            return form(_plain(self.cells.get(field, "")), **more)
        except Unreadable as error:
            self.note(field, str(error))
            return form("", **more)


def _link(one: _Row) -> Link:
    least, most = one.get("share_percent", shares_of)
    return Link(
        one.get("id"), one.get("kind"), one.get("a"), one.get("b"), one.get("basis"), one.get("role") or None,
        one.get("degree", whole_of, least=-128, greatest=127), least, most, one.get("from_date", day_of),
        one.get("to_date", day_of, last=True), one.get("confidence", fraction_of), one.get("tier") or "source",
        one.get("dataset"), one.get("proof"),
    )  # fmt: skip
