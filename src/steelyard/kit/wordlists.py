"""Lists of words written as one text."""


def listed(text: str) -> list[str]:
    """The words between blanks."""
    return text.split()
