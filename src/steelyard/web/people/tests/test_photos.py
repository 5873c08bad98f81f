import io

import pytest
from cryptography.exceptions import InvalidTag
from PIL import Image, PngImagePlugin

from steelyard.web.people import photos

MARK = b"SECRET-MARK-7319"


def jpeg_with_everything() -> bytes:
    image = Image.new("RGB", (640, 480), (90, 140, 60))
    exif = Image.Exif()
    exif[0x010F], exif[0x9C9C] = MARK.decode(), MARK
    exif.get_ifd(0x8825)[29] = MARK.decode()
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif, comment=MARK, icc_profile=MARK * 20)
    return out.getvalue() + MARK


def png_with_text() -> bytes:
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", MARK.decode())
    info.add_itxt("XML:com.adobe.xmp", MARK.decode())
    out = io.BytesIO()
    Image.new("RGBA", (50, 40), (1, 2, 3, 128)).save(out, "PNG", pnginfo=info)
    return out.getvalue() + MARK


def webp_with_exif() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (50, 40)).save(out, "WEBP", exif=b"Exif\0\0" + MARK, xmp=MARK)
    return out.getvalue()


@pytest.mark.parametrize("make", [jpeg_with_everything, png_with_text, webp_with_exif])
def test_no_byte_of_metadata_survives(make):
    sent = make()
    assert MARK in sent
    clean = photos.rebuild(sent)
    assert MARK not in clean.data
    assert not Image.open(io.BytesIO(clean.data)).getexif()


def test_a_turned_picture_stands_upright():
    exif = Image.Exif()
    exif[0x0112] = 6
    out = io.BytesIO()
    Image.new("RGB", (60, 20)).save(out, "JPEG", exif=exif)
    assert (photos.rebuild(out.getvalue()).width, photos.rebuild(out.getvalue()).height) == (20, 60)


def test_a_pixel_bomb_is_refused_before_it_is_decoded():
    out = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(out, "PNG")
    with pytest.raises(photos.TooLarge):
        photos.rebuild(out.getvalue())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"GIF89a" + b"<script>" * 9,
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"\xff\xd8\xff\xe0cut",
        b"%PDF-1.7",
    ],
)
def test_what_is_no_picture_is_refused(data):
    with pytest.raises(photos.NotAPicture):
        photos.rebuild(data)


def test_a_sealed_picture_opens_only_in_its_place():
    sealed = photos.seal_bytes(b"pixels", place="a")
    assert photos.unseal_bytes(sealed, place="a") == b"pixels"
    with pytest.raises(InvalidTag):
        photos.unseal_bytes(sealed, place="b")
