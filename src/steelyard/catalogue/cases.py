"""Unit cases of models: given rows, expected findings.  The form is a contract with outside authors."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from steelyard.kit import yamlfile
from steelyard.kit.errors import SteelyardError

DEFAULT_DAY = dt.date(2025, 6, 30)
KINDS = ("positive", "negative")
CASE_WORDS = {"name", "kind", "why", "as_of", "params", "overrides", "given", "expect"}


class CasesBroken(SteelyardError):
    """A file of cases cannot be read."""


@dataclass(frozen=True)
class Override:
    """Parameter values that hold in an area (a prefix of its code) from a day to a day."""

    area: str
    values: Mapping[str, Any]
    since: dt.date | None = None
    until: dt.date | None = None


@dataclass(frozen=True)
class Case:
    """One case, with the defaults of its file filled in."""

    name: str
    kind: str
    as_of: dt.date
    params: Mapping[str, Any]
    overrides: tuple[Override, ...]
    given: Mapping[str, list[Mapping[str, Any]]]
    expect: tuple[Mapping[str, Any], ...]
    line: int


@dataclass(frozen=True)
class CaseFile:
    """The cases of one model; those that cannot be read stand in ``broken`` as (name, line, why)."""

    path: Path
    model: str
    cases: tuple[Case, ...]
    broken: tuple[tuple[str, int, str], ...]


def read_cases(path: Path) -> CaseFile:
    """Read ``<field>/<model>/cases.yaml``; the model is named by the folder.

    Raises YamlError or CasesBroken where nothing of the file can be used.
    """
    document = yamlfile.load(path)
    data = document.data
    if not isinstance(data, dict) or not isinstance(data.get("cases"), list):
        raise CasesBroken(f"{path}:1: needs a list `cases`")
    defaults = data.get("defaults") or {}
    if not isinstance(defaults, dict) or not isinstance(defaults.get("given") or {}, dict):
        raise CasesBroken(f"{path}:{document.line_of('defaults')}: defaults.given must be a mapping")
    good: list[Case] = []
    broken: list[tuple[str, int, str]] = []
    for number, body in enumerate(data["cases"]):
        line = document.line_of("cases", number)
        name = str(body.get("name", f"case {number + 1}")) if isinstance(body, dict) else f"case {number + 1}"
        try:
            good.append(_case(name, body, defaults, line))
        except (CasesBroken, LookupError, ValueError, TypeError, AttributeError) as error:
            broken.append((name, line, str(error)))
    return CaseFile(path, f"{path.parent.parent.name}/{path.parent.name}", tuple(good), tuple(broken))


def day(value: Any) -> dt.date:
    """A date from what YAML makes of one.  Raises ValueError."""
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    return dt.date.fromisoformat(str(value).strip()[:10])


def _case(name: str, body: Any, defaults: Mapping[str, Any], line: int) -> Case:
    if not isinstance(body, dict):
        raise CasesBroken("a case must be a mapping")
    if "expect" not in body:
        raise CasesBroken("expect is missing")
    given: dict[str, list[Mapping[str, Any]]] = {}
    for dataset, rows in {**(defaults.get("given") or {}), **(body.get("given") or {})}.items():
        if not isinstance(rows or [], list) or not all(isinstance(row, dict) for row in rows or []):
            raise CasesBroken(f"given.{dataset} must be a list of rows")
        given[str(dataset)] = list(rows or [])
    expect = body["expect"] or []
    if not isinstance(expect, list) or not all(isinstance(row, dict) for row in expect):
        raise CasesBroken("expect must be a list of rows")
    return Case(
        name=name,
        kind=str(body.get("kind", "")),
        as_of=day(body.get("as_of", defaults.get("as_of", DEFAULT_DAY))),
        params={**(defaults.get("params") or {}), **(body.get("params") or {})},
        overrides=_overrides(body.get("overrides", defaults.get("overrides"))),
        given=given,
        expect=tuple(expect),
        line=line,
    )


def _overrides(listed: Any) -> tuple[Override, ...]:
    """A list of overrides; a single one may stand without the list."""
    return tuple(_override(one) for one in ([listed] if isinstance(listed, dict) else listed or ()))


def _override(body: Any) -> Override:
    if not isinstance(body, dict) or not body.get("area"):
        raise CasesBroken("an override needs an area")
    if not isinstance(body.get("set") or {}, dict):
        raise CasesBroken("an override sets parameters by name")
    since, until = body.get("from"), body.get("to")
    return Override(
        area=str(body["area"]),
        values=body.get("set") or {},
        since=day(since) if since else None,
        until=day(until) if until else None,
    )
