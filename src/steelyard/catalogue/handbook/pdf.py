"""The book as a PDF.  Chinese is set in the reader's own Song type (STSong-Light): nothing is embedded or fetched."""

import datetime as dt
import io
import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageBreak, PageTemplate, Paragraph, Spacer
from reportlab.platypus.tableofcontents import TableOfContents

from steelyard.catalogue.handbook.digest import digest
from steelyard.catalogue.handbook.entry import Entry, Here, entry
from steelyard.catalogue.handbook.words import Speech
from steelyard.catalogue.model import Catalogue, SupervisionModel

SONG = "STSong-Light"
NOT_LATIN = re.compile(r"[^\x00-\xff]+")
MARGIN = 20 * mm
SHORT = 12
"""Characters of the hash at the foot of every page; the whole stands on the first."""


@dataclass(frozen=True)
class Book:
    """What is printed: which models, in which language, on which day."""

    catalogue: Catalogue
    models: Sequence[SupervisionModel]
    language: str
    day: dt.date
    chosen: str = ""
    """The filter in words; empty where nothing was left out."""
    here: Mapping[str, Here] = field(default_factory=dict)


def handbook(book: Book) -> bytes:
    """The PDF: contents, then the models by matter, with page numbers, day and the catalogue's hash."""
    pdfmetrics.registerFont(UnicodeCIDFont(SONG))
    speech = Speech(book.catalogue, book.language)
    styles = _styles(book.language)
    out = io.BytesIO()
    file = _File(out, book, speech, styles)
    file.multiBuild(list(_story(book, speech, styles)))
    return out.getvalue()


def by_matter(catalogue: Catalogue, models: Iterable[SupervisionModel]) -> list[tuple[str, list[SupervisionModel]]]:
    """Models by domain, in the order of the vocabulary, each by id."""
    known = catalogue.vocabulary.get("domain")
    order = {code: place for place, code in enumerate(known.terms)} if known else {}
    listed = sorted(models, key=lambda one: (order.get(one.domain, len(order)), one.domain, one.id))
    return [(domain, list(group)) for domain, group in itertools.groupby(listed, key=lambda one: one.domain)]


def _story(book: Book, speech: Speech, styles: Mapping[str, ParagraphStyle]) -> Iterable[Flowable]:
    def text(style: str, words: str) -> Paragraph:
        return Paragraph(_markup(words, book.language), styles[style])

    yield Spacer(1, 40 * mm)
    yield text("title", speech.label("title"))
    yield text("body", speech.label("printed", day=book.day.isoformat()))
    yield text("body", speech.label("models", n=len(book.models), all=len(book.catalogue.models)))
    if book.chosen:
        yield text("body", speech.label("chosen", chosen=book.chosen))
    yield text("body", speech.label("digest", digest=digest(book.catalogue)))
    yield Spacer(1, 10 * mm)
    for name in ("accuses", "unchecked", "share"):
        yield text("body", speech.label(name))
    yield PageBreak()
    yield text("contents", speech.label("contents"))
    contents = TableOfContents()
    contents.levelStyles = [styles["toc0"], styles["toc1"]]
    contents.dotsMinLevel = 1
    yield contents
    for domain, models in by_matter(book.catalogue, book.models):
        yield PageBreak()
        yield text("matter", _capital(speech.term("domain", domain)))
        for model in models:
            yield from _model(entry(model, speech, book.here.get(model.id)), text)


def _model(one: Entry, text: Any) -> Iterable[Flowable]:
    yield text("model", one.title)
    yield text("head", one.head)
    for section in one.sections:
        yield text("section", section.title)
        for number, line in enumerate(section.lines, start=1):
            mark = f"{number}. " if section.numbered else "· " if section.listed else ""
            yield text("point" if section.listed else "body", mark + line)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _markup(words: str, language: str) -> str:
    """Escaped; in an English book whatever is not Latin is set in Song."""
    safe = escape(words)
    return safe if language == "zh" else NOT_LATIN.sub(lambda found: f'<font name="{SONG}">{found[0]}</font>', safe)


def _styles(language: str) -> dict[str, ParagraphStyle]:
    zh = language == "zh"
    plain, bold = (SONG, SONG) if zh else ("Helvetica", "Helvetica-Bold")
    wrap = {"wordWrap": "CJK"} if zh else {}

    def style(name: str, size: float, *, font: str = plain, **more: Any) -> ParagraphStyle:
        return ParagraphStyle(name, fontName=font, fontSize=size, leading=size * 1.45, **wrap, **more)

    ink = colors.HexColor("#1f4e79")
    return {
        "title": style("title", 26, font=bold, textColor=ink, spaceAfter=12 * mm),
        "contents": style("contents", 18, font=bold, textColor=ink, spaceAfter=4 * mm),
        "matter": style("matter", 18, font=bold, textColor=ink, spaceAfter=2 * mm, keepWithNext=1),
        "model": style("model", 13, font=bold, spaceBefore=7 * mm, keepWithNext=1),
        "head": style("head", 8.5, textColor=colors.HexColor("#555555"), keepWithNext=1),
        "section": style("section", 9.5, font=bold, textColor=ink, spaceBefore=1.6 * mm, keepWithNext=1),
        "body": style("body", 9.5, spaceAfter=0.6 * mm),
        "point": style("point", 9.5, leftIndent=4 * mm, firstLineIndent=-3 * mm),
        "toc0": style("toc0", 11, font=bold, spaceBefore=2 * mm),
        "toc1": style("toc1", 9.5, leftIndent=6 * mm),
    }


class _File(BaseDocTemplate):  # type: ignore[misc]
    """Tells contents and outline where each heading fell, and writes the foot of every page."""

    def __init__(self, out: io.BytesIO, book: Book, speech: Speech, styles: Mapping[str, ParagraphStyle]) -> None:
        title = speech.label("title")
        super().__init__(
            out, pagesize=A4, leftMargin=MARGIN, rightMargin=MARGIN, topMargin=MARGIN, bottomMargin=MARGIN,
            title=title, author="Steelyard", lang="zh-CN" if book.language == "zh" else "en",
        )  # fmt: skip
        frame = Frame(self.leftMargin, self.bottomMargin, self.width, self.height, id="page")
        self.addPageTemplates([PageTemplate(id="page", frames=[frame], onPage=self._foot)])
        self._speech, self._font = speech, styles["body"].fontName
        self._line = speech.label("foot", title=title, day=book.day.isoformat(), digest=digest(book.catalogue)[:SHORT])
        self._headings = itertools.count()

    def beforeDocument(self) -> None:  # noqa: N802 - the library's name
        self._headings = itertools.count()

    def afterFlowable(self, flowable: Flowable) -> None:  # noqa: N802 - the library's name
        level = {"matter": 0, "model": 1}.get(getattr(getattr(flowable, "style", None), "name", ""))
        if level is None:
            return
        words = flowable.getPlainText()
        key = f"h{next(self._headings)}"
        self.canv.bookmarkPage(key)
        self.canv.addOutlineEntry(words, key, level, closed=level == 0)
        self.notify("TOCEntry", (level, _markup(words, self._speech.language), self.page, key))

    def _foot(self, canvas: Any, _document: object) -> None:
        canvas.saveState()
        canvas.setFont(self._font, 8)
        canvas.setFillGray(0.35)
        canvas.drawString(MARGIN, 12 * mm, self._line)
        canvas.drawRightString(A4[0] - MARGIN, 12 * mm, self._speech.label("page", n=canvas.getPageNumber()))
        canvas.restoreState()
