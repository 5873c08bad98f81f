"""A text in the two languages of the product."""

from typing import Any, NamedTuple


class Words(NamedTuple):
    """One text in Chinese and in English; both are always there."""

    zh: str
    en: str

    @classmethod
    def read(cls, value: Any) -> "Words | None":
        """From a mapping ``{zh, en}``; None where a language is missing or empty."""
        if not isinstance(value, dict):
            return None
        zh, en = value.get("zh"), value.get("en")
        if not (isinstance(zh, str) and isinstance(en, str) and zh.strip() and en.strip()):
            return None
        return cls(zh, en)
