"""What the pool noticed about a delivery that it took all the same, in words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from steelyard.web.intake.catalogue_files import contracts
from steelyard.web.orgs.models import in_language

Signal = Mapping[str, Any]


@dataclass(frozen=True)
class Noticed:
    """One thing, as a steward reads it."""

    words: str
    place: str
    """The file, and the first row where it shows; empty where it is of no single file."""
    detail: str = ""
    """The technical text, where there is one."""


def noticed(signal: Signal) -> Noticed:
    """A signal of a delivery in the reader's language."""
    told = WORDS[str(signal.get("kind"))](signal) if signal.get("kind") in WORDS else _("Something was noticed.")
    return Noticed(told, _place(signal), str(signal.get("reason") or ""))


def _place(signal: Signal) -> str:
    file, row = signal.get("file"), signal.get("row")
    if not file:
        return ""
    return _("first in %(file)s, line %(row)s") % {"file": file, "row": row} if row else str(file)


def _dataset(name: object) -> str:
    known = contracts().get(str(name))
    return in_language(known.title.zh, known.title.en) if known else str(name)


def _column(dataset: object, name: object) -> str:
    known = contracts().get(str(dataset))
    column = known.columns.get(str(name)) if known else None
    return in_language(column.title.zh, column.title.en) if column else str(name)


def _unknown(signal: Signal) -> str:
    return _("Columns nobody agreed on: %(columns)s") % {"columns": ", ".join(map(str, signal.get("columns", ())))}


def _reference(signal: Signal) -> str:
    n, dataset = int(signal.get("rows") or 0), str(signal.get("refers_to", "")).partition(".")[0]
    return ngettext(
        "%(n)s row of %(own)s names in %(column)s what does not stand in %(other)s; that may only be late.",
        "%(n)s rows of %(own)s name in %(column)s what does not stand in %(other)s; that may only be late.",
        n,
    ) % {
        "n": f"{n:,}", "own": _dataset(signal.get("dataset")), "other": _dataset(dataset),
        "column": _column(signal.get("dataset"), signal.get("column")),
    }  # fmt: skip


def _warning(signal: Signal) -> str:
    n = int(signal.get("rows") or 0)
    title = in_language(str(signal.get("zh") or signal.get("check")), str(signal.get("en") or signal.get("check")))
    return ngettext("%(title)s: %(n)s row, let in.", "%(title)s: %(n)s rows, let in.", n) % {
        "title": title, "n": f"{n:,}",
    }  # fmt: skip


def _expectation(signal: Signal) -> str:
    said = {"own": _dataset(signal.get("dataset")), "n": f"{int(signal.get('rows') or 0):,}"}
    if signal.get("expectation") == "max_change":
        said |= {"before": f"{int(signal.get('before') or 0):,}", "most": f"{100 * float(signal.get('most') or 0):g}"}
        return _("%(own)s: %(n)s rows came, %(before)s in the delivery before; at most %(most)s %% may differ.") % said
    return _("%(own)s: %(n)s rows came, at most %(most)s are expected.") % (
        said | {"most": f"{int(signal.get('most') or 0):,}"}
    )


def _order(signal: Signal) -> str:
    n, by = int(signal.get("rows") or 0), signal.get("by")
    if by == "period":
        return _("The period %(period)s came after %(newest)s.") % {
            "period": signal.get("period"), "newest": signal.get("newest"),
        }  # fmt: skip
    if by == "pool":
        return ngettext(
            "%(n)s row is older than what the pool had.", "%(n)s rows are older than what the pool had.", n
        ) % {"n": f"{n:,}"}
    return ngettext(
        "%(n)s row stands behind a newer one of its file, by %(column)s.",
        "%(n)s rows stand behind a newer one of their file, by %(column)s.",
        n,
    ) % {"n": f"{n:,}", "column": signal.get("column")}


WORDS: Mapping[str, Callable[[Signal], str]] = {
    "unknown-column": _unknown,
    "reference": _reference,
    "warning": _warning,
    "expectation": _expectation,
    "out-of-order": _order,
    "file": lambda signal: _("One file of several could not be read; the others were taken."),
    "sheet-left-out": lambda signal: _("A sheet with another heading was left out."),
    "formula-without-value": lambda signal: _("Formulas that nobody computed were read as empty."),
    "total-within": lambda signal: _("Lines of totals between the rows were left out."),
}
"""Words by kind, for every kind the pool writes."""
