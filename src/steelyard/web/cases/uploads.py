"""Files are cleaned before they are kept: pictures rebuilt from their pixels, papers checked for what they are."""

import hashlib
import io
import uuid
import zipfile
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
ACTIVE_PDF = (b"/JavaScript", b"/Launch", b"/EmbeddedFile", b"/RichMedia")
OFFICE = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx"}


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
    if any(mark in content for mark in ACTIVE_PDF):
        raise Unclean(_("This PDF holds scripts or embedded files; print it to a new PDF first."))
    # What stands after the end mark is no part of the document.
    return content[: end + 5] + b"\n"


def _office_kind(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
            size = sum(entry.file_size for entry in archive.infolist())
    except zipfile.BadZipFile as error:
        raise Unclean(_("This file is damaged.")) from error
    kind = next((kind for part, kind in OFFICE.items() if part in names), None)
    if kind is None or size > 20 * MOST_BYTES or any("vbaProject" in one for one in names):
        raise Unclean(_("Pictures (jpg, png, webp), PDF, docx and xlsx are taken."))
    return kind


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
