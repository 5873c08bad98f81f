"""Phones and plates in the form in which they are compared; never an identity by themselves."""

import re

from steelyard.kit.identifiers import normal
from steelyard.kit.number_shapes import MOBILE, SERVICE

WITH_EXTENSION = "^0[0-9]{2,3}-[0-9]{7,8}-[0-9]{1,5}$"
EXTENSION = "(?:-|转|分机|EXT[.]?|#)[0-9]{1,5}$"
NAMED_EXTENSION = "(?:转|分机|EXT[.]?|#)[0-9]{1,5}$"
NOT_DIALLED = "[^0-9+]"
ABROAD = "^(?:\\+|00)86"
ABROAD_ZERO = "^(?:\\+|00)860?"
BARE_CODE = f"^86{MOBILE}$"
ZERO_MOBILE = f"^0{MOBILE}$"
NATIONAL = f"^(?:{MOBILE}|{SERVICE})$"
PLATE_MARKS = "[·•‧・∙⋅.\\-]"
CARD_MARKS = "[-–—]"


def phone(number: str) -> str:
    """Digits as dialled within the country: no +86, blanks, dashes or extension; a landline with its area code."""
    text = normal(number)
    text = re.sub(EXTENSION if re.search(WITH_EXTENSION, text) else NAMED_EXTENSION, "", text)
    dialled = re.sub(NOT_DIALLED, "", text)
    if re.search(ABROAD, dialled):
        national = re.sub(ABROAD_ZERO, "", dialled)
        return national if re.search(NATIONAL, national) else f"0{national}"
    if re.search(BARE_CODE, dialled):
        return dialled[2:]
    return dialled[1:] if re.search(ZERO_MOBILE, dialled) else dialled


def plate(number: str) -> str:
    """Without the dot after the letter of the place."""
    return re.sub(PLATE_MARKS, "", normal(number))


def card(number: str) -> str:
    """A bank card or an organisation code without dashes."""
    return re.sub(CARD_MARKS, "", normal(number))
