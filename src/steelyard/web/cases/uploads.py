"""Files are cleaned before they are kept: pictures rebuilt from their pixels, papers checked for what they are."""

import hashlib
import io
import re
import uuid
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

from steelyard.web.cases.models import Attachment, Case, QuestionSheet
from steelyard.web.orgs.models import User

MOST_FILES = 10
MOST_BYTES = 10_000_000
MOST_PIXELS = 40_000_000
"""Checked before a picture is decoded: a small file can claim a gigantic one."""
PICTURES = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp"}
ACTIVE_PDF = {
    b"JavaScript", b"JS", b"OpenAction", b"AA", b"Launch", b"SubmitForm", b"ImportData", b"GoToR", b"GoToE",
    b"EmbeddedFile", b"EmbeddedFiles", b"RichMedia", b"XFA", b"URI", b"ObjStm", b"Encrypt",
}  # fmt: skip
"""Names that act, or that hide what acts: parts in object streams and in encryption cannot be read here."""
PDF_NAME = re.compile(rb"/([^\x00\t\n\f\r ()<>\[\]{}/%]+)")
OFFICE = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx"}
OFFICE_PARTS = {
    "docx": re.compile(
        r"word/(document|styles|stylesWithEffects|settings|webSettings|fontTable|numbering|footnotes|endnotes|comments"
        r"|people|commentsExtended|commentsIds|commentsExtensible|header\d*|footer\d*)\.xml|word/theme/theme\d+\.xml"
        r"|word/media/[\w-]+\.(png|jpe?g|gif|bmp)|word/(_rels/[\w.-]+|theme/_rels/[\w.-]+)\.rels",
        re.ASCII,
    ),
    "xlsx": re.compile(
        r"xl/(workbook|styles|sharedStrings|calcChain|metadata)\.xml|xl/theme/theme\d+\.xml"
        r"|xl/worksheets/sheet\d+\.xml|xl/(drawings/drawing|charts/(chart|style|colors)|tables/table|comments"
        r"|drawings/vmlDrawing|persons/person|threadedComments/threadedComment)\d*\.(xml|vml)"
        r"|xl/media/[\w-]+\.(png|jpe?g|gif|bmp)|xl/printerSettings/printerSettings\d+\.bin"
        r"|xl/((worksheets|drawings|charts|theme)/)?_rels/[\w.-]+\.rels",
        re.ASCII,
    ),
}
"""The parts of plain papers and tables; whatever is not here (macros, embedded objects, ActiveX) is not taken."""
COMMON_PARTS = re.compile(
    r"\[Content_Types\]\.xml|_rels/\.rels|docProps/(app|core|custom)\.xml|docProps/thumbnail\.(jpe?g|png)"
    r"|customXml/(item|itemProps)\d+\.xml|customXml/_rels/item\d+\.xml\.rels",
    re.ASCII,
)
OUTSIDE = re.compile(r"target\s*=\s*[\"']\s*([a-z][a-z0-9+.-]*:|//|\\\\)")
MOST_ENTRIES = 2_000
MOST_UNPACKED = 50_000_000


class Unclean(forms.ValidationError):
    """A file cannot be taken; the text says why."""


@dataclass(frozen=True)
class Cleaned:
    """A file as it will be kept."""

    name: str
    kind: str
    content: bytes


class _Many(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files, cleaned one by one."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=_Many(attrs={"accept": ".jpg,.jpeg,.png,.webp,.pdf,.docx,.xlsx"}), **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[Cleaned]:
        given = data if isinstance(data, list | tuple) else [data] if data else []
        if len(given) > MOST_FILES:
            raise Unclean(_("At most 10 files at a time."))
        return [clean_upload(one) for one in given if one]


def clean_upload(upload: UploadedFile) -> Cleaned:
    """Rebuild or check one file.  Raises Unclean."""
    if (upload.size or 0) > MOST_BYTES:
        raise Unclean(_("A file may have at most 10 MB."))
    content = upload.read()
    name = Path(str(upload.name)).name.replace("\x00", "")[:120] or "file"
    if content.startswith(b"%PDF-"):
        return Cleaned(_with_ending(name, "pdf"), "pdf", _checked_pdf(content))
    if content.startswith(b"PK\x03\x04"):
        return Cleaned(_with_ending(name, kind := _office_kind(content)), kind, content)
    return _picture(name, content)


def _picture(name: str, content: bytes) -> Cleaned:
    try:
        with Image.open(io.BytesIO(content)) as opened:
            if opened.format not in PICTURES:
                raise Unclean(_("Pictures (jpg, png, webp), PDF, docx and xlsx are taken."))
            if opened.width * opened.height > MOST_PIXELS:
                raise Unclean(_("This picture is too large."))
            kind = PICTURES[opened.format]
            pixels = ImageOps.exif_transpose(opened).convert("RGBA" if kind == "png" else "RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise Unclean(_("Pictures (jpg, png, webp), PDF, docx and xlsx are taken.")) from error
    # A copy of the pixels alone: a plain save keeps comments and other blocks of the old file.
    bare = Image.frombytes(pixels.mode, pixels.size, pixels.tobytes())
    out = io.BytesIO()
    bare.save(out, format={"jpg": "JPEG", "png": "PNG", "webp": "WEBP"}[kind], quality=88)
    return Cleaned(_with_ending(name, kind), kind, out.getvalue())


def _checked_pdf(content: bytes) -> bytes:
    end = content.rfind(b"%%EOF")
    if end < 0:
        raise Unclean(_("This PDF is not complete."))
    names = {_decoded(name) for name in PDF_NAME.findall(content)}
    if names & ACTIVE_PDF:
        raise Unclean(_("This PDF holds active or hidden parts; print it to a plain PDF or send a photo."))
    # What stands after the end mark is no part of the document.
    return content[: end + 5] + b"\n"


def _decoded(name: bytes) -> bytes:
    """A PDF name as a reader understands it: ``/J#61vaScript`` is ``/JavaScript``."""
    return re.sub(rb"#([0-9A-Fa-f]{2})", lambda found: bytes([int(found[1], 16)]), name)


def _office_kind(content: bytes) -> str:
    """The ending of an office file of plain parts.  Raises Unclean for any other."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _checked_parts(archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise Unclean(_("This file is damaged.")) from error


def _checked_parts(archive: zipfile.ZipFile) -> str:
    entries = archive.infolist()
    names = [entry.filename for entry in entries if not entry.is_dir()]
    kind = next((kind for part, kind in OFFICE.items() if part in names), None)
    if kind is None:
        raise Unclean(_("Pictures (jpg, png, webp), PDF, docx and xlsx are taken."))
    if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > MOST_UNPACKED:
        raise Unclean(_("This file unpacks to more than can be taken."))
    known = OFFICE_PARTS[kind]
    if len(set(map(str.casefold, names))) < len(names) or not all(
        known.fullmatch(name) or COMMON_PARTS.fullmatch(name) for name in names
    ):
        raise Unclean(_("This file holds macros or embedded parts; print it to a plain PDF or send a photo."))
    for entry in entries:
        part = archive.read(entry)
        if entry.filename.endswith(".rels") and _reaches_out(part):
            raise Unclean(_("This file loads something from elsewhere; print it to a plain PDF or send a photo."))
        if entry.filename == "[Content_Types].xml" and _declares_macros(part):
            raise Unclean(_("This file holds macros or embedded parts; print it to a plain PDF or send a photo."))
    return kind


def _reaches_out(part: bytes) -> bool:
    """Whether a list of relations may name a target outside the file.  What cannot be read as it stands counts too."""
    text = _plain_xml(part)
    return text is None or "external" in text or OUTSIDE.search(text) is not None


def _declares_macros(part: bytes) -> bool:
    text = _plain_xml(part)
    return text is None or any(word in text for word in ("macro", "vba", "activex", "oleobject"))


def _plain_xml(part: bytes) -> str | None:
    """The text in lower case; None where another encoding, an entity or a document type could say it otherwise."""
    try:
        text = part.decode("utf-8-sig").casefold()
    except UnicodeDecodeError:
        return None
    hidden = "\x00" in text or "<!doctype" in text or "&#" in text
    return None if hidden or ("encoding" in text[:200] and "utf-8" not in text[:200]) else text


def _with_ending(name: str, kind: str) -> str:
    return f"{Path(name).stem[:110] or 'file'}.{kind}"


def keep(
    files: list[Cleaned], *, by: User, case: Case | None = None, sheet: QuestionSheet | None = None,
    step_no: int | None = None,
) -> list[Attachment]:  # fmt: skip
    """Write cleaned files under random names and record them."""
    folder = Path(settings.MEDIA_ROOT) / "cases"
    folder.mkdir(parents=True, exist_ok=True)
    kept = []
    for one in files:
        number = uuid.uuid4()
        (folder / str(number)).write_bytes(one.content)
        kept.append(
            Attachment.objects.create(
                id=number, case=case, sheet=sheet, step_no=step_no, name=one.name, kind=one.kind,
                size=len(one.content), sha256=hashlib.sha256(one.content).hexdigest(), by=by,
            )
        )  # fmt: skip
    return kept


def path_of(attachment: Attachment) -> Path:
    return Path(settings.MEDIA_ROOT) / "cases" / str(attachment.pk)
