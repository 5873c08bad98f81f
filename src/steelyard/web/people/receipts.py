"""The receipt: twenty digits and two check digits in groups of four.  Only a keyed digest of it is stored."""

import hashlib
import hmac
import re
import secrets
import unicodedata

from steelyard.web.orgs import keyring

DIGITS = 20


def new_draft() -> str:
    """A fresh secret that names one draft; the receipt is computed from it, so that sending twice gives one."""
    return secrets.token_urlsafe(32)


def is_draft(text: str) -> bool:
    return bool(re.fullmatch(r"[A-Za-z0-9_-]{43}", text))


def is_once(text: str) -> bool:
    """Whether a form's own mark can be kept."""
    return bool(re.fullmatch(r"[A-Za-z0-9_-]{20,64}", text))


def receipt_of(draft: str) -> str:
    """The 22 digits that belong to a draft."""
    number = int.from_bytes(_keyed("receipt of draft", draft), "big") % 10**DIGITS
    return with_check_digits(f"{number:0{DIGITS}d}")


def with_check_digits(body: str) -> str:
    """ISO 7064, MOD 97-10: a wrong digit and two swapped neighbours never pass."""
    return f"{body}{98 - int(body) * 100 % 97:02d}"


def grouped(receipt: str) -> str:
    """``1234 5678 …``, as it is shown and read out."""
    return " ".join(receipt[start : start + 4] for start in range(0, len(receipt), 4))


def read(typed: str) -> str | None:
    """What somebody typed as 22 digits; None where it is not a number or a digit is wrong.

    Full-width digits, blanks and dashes are as good as plain ones.
    """
    plain = re.sub(r"[\s\-–—.]", "", unicodedata.normalize("NFKC", typed))
    if not re.fullmatch(rf"[0-9]{{{DIGITS + 2}}}", plain) or int(plain) % 97 != 1:
        return None
    return plain


def digest(receipt: str) -> str:
    """What the database knows of a receipt."""
    return _keyed("receipt", receipt).hex()


def draft_digest(draft: str) -> str:
    """What the database knows of a draft."""
    return _keyed("draft", draft).hex()


def _keyed(purpose: str, text: str) -> bytes:
    return hmac.new(keyring.key("receipts"), f"{purpose}:{text}".encode(), hashlib.sha256).digest()
