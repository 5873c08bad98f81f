"""Pictures rebuilt from their pixels: nothing of the file that was sent survives but what the eye sees."""

import io
import secrets
import struct
import warnings
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, UnidentifiedImageError

from steelyard.web.audit.errors import WebError
from steelyard.web.orgs import keyring

FORMATS = ("JPEG", "PNG", "WEBP")
LARGEST_BYTES = 12_000_000
LARGEST_PIXELS = 40_000_000
LONGEST_SIDE = 2_000
MOST = 8


class NotAPicture(WebError):
    """The file is no picture that can be shown."""

    text = _("This file is not a picture in JPEG, PNG or WEBP form, or it is damaged.")


class TooLarge(WebError):
    """The picture is larger than a phone makes."""

    text = _("This picture is too large: at most 12 MB and 40 million pixels.")


@dataclass(frozen=True)
class CleanPhoto:
    """A new JPEG."""

    data: bytes
    width: int
    height: int


def rebuild(data: bytes) -> CleanPhoto:
    """A new picture of the same pixels, at most 2,000 pixels long.

    Raises NotAPicture, TooLarge.  The size is read before anything is decoded.
    """
    if len(data) > LARGEST_BYTES:
        raise TooLarge
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=FORMATS) as opened:
                if opened.width * opened.height > LARGEST_PIXELS:
                    raise TooLarge
                turned = _upright(opened).convert("RGB")
    except (Image.DecompressionBombError, MemoryError) as error:
        raise TooLarge from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, KeyError, IndexError) as error:
        raise NotAPicture from error
    turned.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    # A plain re-save keeps comments and profiles of the opened file; a fresh canvas has none.
    canvas = Image.new("RGB", turned.size)
    canvas.paste(turned)
    out = io.BytesIO()
    canvas.save(out, format="JPEG", quality=85)
    return CleanPhoto(out.getvalue(), canvas.width, canvas.height)


def _upright(picture: Image.Image) -> Image.Image:
    """Turned as the phone meant it; a damaged note about the turning is no reason to refuse the picture."""
    picture.load()
    try:
        return ImageOps.exif_transpose(picture)
    except (SyntaxError, ValueError, TypeError, KeyError, struct.error):
        return picture


def seal_bytes(data: bytes, *, place: str) -> bytes:
    """Encrypt a picture for one place."""
    nonce = secrets.token_bytes(12)
    return nonce + AESGCM(keyring.key("fields")).encrypt(nonce, data, place.encode())


def unseal_bytes(sealed: bytes, *, place: str) -> bytes:
    """Decrypt a picture.  Raises InvalidTag for one moved from elsewhere."""
    return AESGCM(keyring.key("fields")).decrypt(sealed[:12], sealed[12:], place.encode())
