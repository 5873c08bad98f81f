import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from steelyard.web.cases import uploads
from steelyard.web.cases.models import Attachment
from steelyard.web.cases.tests import made_cases as made


def picture(kind="JPEG", size=(40, 30), **save):
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, kind, **save)
    return out.getvalue()


def upload(content, name="paper.jpg"):
    return SimpleUploadedFile(name, content)


def test_a_picture_is_rebuilt_without_its_comment_and_tail():
    dirty = picture(comment=b"taken by Zhang") + b"<?php echo 1 ?>"
    cleaned = uploads.clean_upload(upload(dirty))
    assert cleaned.kind == "jpg"
    assert b"Zhang" not in cleaned.content
    assert b"php" not in cleaned.content


def test_place_and_device_do_not_survive():
    exif = Image.Exif()
    exif[0x010F] = "SecretPhone"
    cleaned = uploads.clean_upload(upload(picture(exif=exif)))
    assert b"SecretPhone" not in cleaned.content


@pytest.mark.parametrize(
    "content",
    [
        b"<svg onload=alert(1)>",
        b"GIF89a<script>",
        b"%PDF-1.7 /JavaScript (x) %%EOF",
        b"%PDF-1.7 cut off",
        b"PK\x03\x04junk",
        b"",
    ],
)
def test_what_is_not_what_it_says_is_refused(content):
    with pytest.raises(uploads.Unclean):
        uploads.clean_upload(upload(content or b"\x00"))


def test_a_gigantic_claim_is_refused_before_it_is_decoded(monkeypatch):
    monkeypatch.setattr(uploads, "MOST_PIXELS", 1000)
    with pytest.raises(uploads.Unclean):
        uploads.clean_upload(upload(picture("PNG", (100, 100)), "bomb.png"))


def test_what_follows_the_end_of_a_pdf_is_cut():
    cleaned = uploads.clean_upload(upload(b"%PDF-1.4\n1 0 obj\n%%EOF<html>", "a.pdf"))
    assert cleaned.content.endswith(b"%%EOF\n")


@pytest.mark.parametrize(
    "inside",
    [
        b"/J#61vaScript (x)",
        b"/JS (x)",
        b"/OpenAction 3 0 R",
        b"/AA << /O 3 0 R >>",
        b"/S /SubmitForm",
        b"/S/U#52I",
        b"/Type /ObjStm",
        b"/Encrypt 9 0 R",
    ],
)
def test_a_pdf_that_acts_or_hides_is_refused(inside):
    with pytest.raises(uploads.Unclean, match="photo"):
        uploads.clean_upload(upload(b"%PDF-1.7\n1 0 obj << " + inside + b" >>\n%%EOF", "a.pdf"))


RELS = b'<Relationships xmlns="r"><Relationship Id="a" Target="styles.xml"/></Relationships>'
OUTSIDE = b'<Relationships><Relationship Id="a" TargetMode = "External" Target="http://a.test/t.dotm"/></Relationships>'


def office(kind="docx", **parts):
    main = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}[kind]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {"[Content_Types].xml": b"<Types/>", "_rels/.rels": RELS, main: b"<a/>", **parts}.items():
            archive.writestr(name, content)
    return upload(out.getvalue(), f"a.{kind}")


def test_plain_papers_and_tables_are_taken():
    word = office(**{"word/_rels/document.xml.rels": RELS, "word/styles.xml": b"<a/>", "docProps/core.xml": b"<a/>"})
    assert uploads.clean_upload(word).kind == "docx"
    sheet = office("xlsx", **{"xl/worksheets/sheet1.xml": b"<a/>", "xl/styles.xml": b"<a/>"})
    assert uploads.clean_upload(sheet).kind == "xlsx"


@pytest.mark.parametrize(
    ("kind", "name", "content"),
    [
        ("docx", "word/_rels/settings.xml.rels", OUTSIDE),
        ("docx", "word/_rels/document.xml.rels", OUTSIDE.replace(b"External", b"&#69;xternal")),
        ("docx", "word/embeddings/oleObject1.bin", b"x"),
        ("docx", "word/VBAPROJECT.BIN", b"x"),
        ("docx", "evil.exe", b"MZ"),
        ("docx", "word/activeX/activeX1.xml", b"<a/>"),
        ("xlsx", "xl/macrosheets/sheet1.xml", b"<a/>"),
        ("xlsx", "[Content_Types].xml", b"<Types>application/vnd.ms-excel.sheet.macroEnabled</Types>"),
    ],
)
def test_office_files_with_other_parts_are_refused(kind, name, content):
    with pytest.raises(uploads.Unclean, match="plain PDF"):
        uploads.clean_upload(office(kind, **{name: content}))


def test_an_office_file_that_unpacks_too_far_is_refused():
    with pytest.raises(uploads.Unclean, match="unpacks"):
        uploads.clean_upload(office(**{"word/styles.xml": b"a" * 51_000_000}))
    with pytest.raises(uploads.Unclean, match="unpacks"):
        uploads.clean_upload(office(**{f"word/media/p{number}.png": b"" for number in range(2100)}))


@pytest.mark.django_db
def test_a_file_is_served_as_a_download_to_those_who_see_the_case(cast, as_user, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    case = made.rent_case()
    response = as_user(cast.zhou).post(reverse("case_attach", args=[case.no]), {"files": upload(picture())})
    assert response.status_code == 302
    url = reverse("case_file", args=[Attachment.objects.get().pk])
    shown = as_user(cast.chen).get(url)
    assert shown.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    for user in (cast.qian, cast.shen, cast.tan):
        assert as_user(user).get(url).status_code == 404
    assert as_user(None).get(url).status_code == 302
