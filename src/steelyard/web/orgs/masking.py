"""How a personal value looks to somebody who has no purpose to see it."""

import re


def mask_name(name: str) -> str:
    """``李四`` as ``李*``, ``欧阳小明`` as ``欧***``, ``John Smith`` as ``J***``: enough to talk about somebody."""
    name = name.strip()
    if not name:
        return ""
    return name[0] + "*" * (min(len(name) - 1, 3) or 1)


def mask_number(number: str) -> str:
    """The first three and last two characters of a number; short ones vanish."""
    number = number.strip()
    return number[:3] + "*" * (len(number) - 5) + number[-2:] if len(number) > 7 else "*" * len(number)


_NUMBERS = re.compile(r"(?<![0-9A-Za-z])(?:[1-9][0-9]{16}[0-9Xx]|1[3-9][0-9]{9}|[0-9]{16,19})(?![0-9A-Za-z])")


def find_numbers(text: str) -> list[str]:
    """Resident numbers, phones and bank cards written in a text."""
    return _NUMBERS.findall(text)


def mask_text(text: str) -> str:
    """The same text with such numbers masked."""
    return _NUMBERS.sub(lambda found: mask_number(found.group()), text)
