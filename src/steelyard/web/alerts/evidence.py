"""Frozen evidence as a viewer may read it: names masked, each row with the delivered lines it rests on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext

from steelyard.web.alerts.masking import masked_sections
from steelyard.web.alerts.titles import areas_named, day_text, plain_amount
from steelyard.web.orgs.models import User, in_language
from steelyard.web.orgs.names import ShownName, shown_names
from steelyard.web.workbench.shelf import dataset_title, in_words, told

SUBJECT_KINDS = ("person", "company", "party", "org")
SOURCES_SHOWN = 5


@dataclass(frozen=True)
class Cell:
    """One value as shown."""

    text: str
    number: bool
    label: str
    masked: str
    """Key of a person whose name is masked here; empty otherwise."""


@dataclass(frozen=True)
class Source:
    """A delivered line."""

    text: str
    url: str


@dataclass(frozen=True)
class Row:
    cells: list[Cell]
    sources: list[Source]
    more: int


@dataclass(frozen=True)
class Table:
    """One section of the evidence."""

    name: str
    title: str
    labels: list[str]
    rows: list[Row]
    count: int

    @property
    def headings(self) -> list[tuple[str, bool]]:
        """Each label, and whether numbers stand below it."""
        return [(label, any(row.cells[n].number for row in self.rows)) for n, label in enumerate(self.labels)]


def tables(viewer: User | None, evidence: Iterable[Mapping[str, Any]], model_id: str = "") -> list[Table]:
    """Evidence sections ready to show; subjects and areas are looked up once.

    ``model_id``: whose words its own codes take.
    """
    sections = masked_sections(evidence)
    names = shown_names(viewer, subjects_in(sections))
    areas = areas_named(str(value) for _s, kind, value in _values(sections) if kind == "area" and value)
    return [_table(section, names, areas, model_id) for section in sections]


def subjects_in(sections: Iterable[Mapping[str, Any]]) -> set[str]:
    """Keys of the subjects that stand in the rows."""
    return {str(value) for _section, kind, value in _values(sections) if kind in SUBJECT_KINDS and value}


def _values(sections: Iterable[Mapping[str, Any]]) -> Iterable[tuple[Mapping[str, Any], str, Any]]:
    for section in sections:
        kinds = section.get("kinds", {})
        for row in section.get("rows", []):
            for column, value in zip(section.get("columns", []), row, strict=False):
                yield section, kinds.get(column, ""), value


def _table(
    section: Mapping[str, Any], names: Mapping[str, ShownName], areas: Mapping[str, str], model_id: str
) -> Table:
    columns, kinds = list(section.get("columns", [])), section.get("kinds", {})
    labels = [_with_unit(_label(section, column), kinds.get(column, "")) for column in columns]
    places = section.get("row_sources") or []
    rows = []
    for number, values in enumerate(section.get("rows", [])):
        cells = [
            _cell(_in_words(section, column, value, model_id), kinds.get(column, ""), label, names, areas)
            for value, column, label in zip(values, columns, labels, strict=False)
        ]
        lines = [section["sources"][at] for at in (places[number] if number < len(places) else [])]
        rows.append(Row(cells, [_source(line) for line in lines[:SOURCES_SHOWN]], max(len(lines) - SOURCES_SHOWN, 0)))
    title = in_language(str(section.get("zh", "")), str(section.get("en", ""))) or str(section.get("name", ""))
    return Table(str(section.get("name", "")), title, labels, rows, int(section.get("count", len(rows))))


def _with_unit(label: str, kind: str) -> str:
    """A column of amounts says its unit once, in its heading."""
    return gettext("%(label)s (yuan)") % {"label": label} if kind == "money" else label


def _in_words(section: Mapping[str, Any], column: str, value: Any, model_id: str) -> Any:
    """A code as its word; numbers, days and keys stay what they are."""
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if not isinstance(value, str) or section.get("kinds", {}).get(column, "string") not in ("string", ""):
        return value
    if column == "dataset" and section.get("name") == "basis":
        return dataset_title(value)
    own = told(model_id, column, value)
    return in_words(column, section.get("labels", {}).get(column) or {}, value) if own in (None, value) else own


def _label(section: Mapping[str, Any], column: str) -> str:
    if section.get("name") == "basis":
        basis = {"dataset": gettext("Dataset"), "file": gettext("File"), "row": gettext("Line number")}
        return basis.get(column, column)
    words = section.get("labels", {}).get(column) or {}
    return in_language(words.get("zh", ""), words.get("en", "")) or column.replace("_", " ")


def _cell(value: Any, kind: str, label: str, names: Mapping[str, ShownName], areas: Mapping[str, str]) -> Cell:
    if value is None or value == "":
        return Cell("—", False, label, "")
    text = str(value)
    if kind in SUBJECT_KINDS and text in names:
        shown = names[text]
        return Cell(shown.text, False, label, text if shown.masked else "")
    if kind == "area":
        return Cell(areas.get(text, text), False, label, "")
    if kind == "money":
        return Cell(plain_amount(value), True, label, "")
    if kind in ("date", "datetime"):
        return Cell(day_text(value), False, label, "")
    return Cell(text, isinstance(value, int | float), label, "")


def _source(line: Mapping[str, Any]) -> Source:
    delivery, file, row = str(line.get("delivery", "")), str(line.get("file", "")), line.get("row", 0)
    try:
        url = f"{reverse('row_source', args=[delivery, row])}?{urlencode({'file': file})}"
    except NoReverseMatch:
        url = ""
    return Source(f"{file}:{row}", url)
