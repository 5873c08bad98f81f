"""What of a delivered text may be shown: numbers covered, escapes undone."""

import csv
import io
import json
import re
from collections.abc import Mapping
from typing import Any

_NUMBER = re.compile(r"(?<![0-9A-Za-z])(\d{6})(\d{8}|\d{5,6})(\d{3}[0-9Xx]|\d{3})(?![0-9A-Za-z])")


def masked(text: str) -> str:
    """Text with the birth dates and serials of resident numbers covered."""
    return _NUMBER.sub(lambda found: found[1] + "*" * len(found[2] + found[3]), text)


def masked_json(value: Any) -> Any:
    """A JSON value with every text and number in it covered, names of members too."""
    if isinstance(value, dict):
        return {masked(name): masked_json(part) for name, part in value.items()}
    if isinstance(value, list):
        return [masked_json(part) for part in value]
    if isinstance(value, str):
        return masked(value)
    return value if value is None or masked(str(value)) == str(value) else masked(str(value))


def rebuilt(text: str, fields: Mapping[str, str | None]) -> str:
    """A delivered line in its own form, but from ``fields``: escapes and quotes of the original hide nothing."""
    if text.lstrip("\ufeff \t").startswith("{"):
        return json.dumps({name: value for name, value in fields.items() if value is not None}, ensure_ascii=False)
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(["" if value is None else value for value in fields.values()])
    return out.getvalue()


def mask_json(raw: str | None) -> str | None:
    """A delivered row as JSON, masked; a line that could not be read is not shown."""
    if raw is None:
        return None
    try:
        said = json.loads(raw)
    except ValueError:
        return None
    return json.dumps(masked_json(said), ensure_ascii=False)
