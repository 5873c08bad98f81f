"""Typed readers of the environment that fail loudly."""

import os
from pathlib import Path

from steelyard.kit.errors import SteelyardError


class BadSetting(SteelyardError):
    """A setting has a value that cannot be used."""


def text(name: str, default: str) -> str:
    """A text, or the content of the file named by NAME_FILE."""
    file = os.environ.get(f"{name}_FILE")
    return Path(file).read_text(encoding="utf-8").strip() if file else os.environ.get(name, default)


def flag(name: str, default: bool) -> bool:
    """``1``/``0``, ``true``/``false``; anything else is refused."""
    value = os.environ.get(name, "").lower()
    if value not in {"", "0", "1", "true", "false"}:
        raise BadSetting(f"{name} must be 1 or 0, not {value!r}")
    return default if value == "" else value in {"1", "true"}


def number(name: str, default: int) -> int:
    """A whole number from zero up; anything else is refused."""
    value = os.environ.get(name, "")
    if value and not value.isdecimal():
        raise BadSetting(f"{name} must be a whole number, not {value!r}")
    return int(value) if value else default


def words(name: str, default: str) -> list[str]:
    """A comma-separated list."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]
