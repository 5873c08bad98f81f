"""The reserved relation ``param``: every threshold of a model, resolved for every area and one day."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from steelyard.catalogue import Parameter, SupervisionModel
from steelyard.catalogue.cases import Override
from steelyard.catalogue.model import PARAMETER_TYPES
from steelyard.contracts.words import Words
from steelyard.kit.errors import SteelyardError

AREA_CODE_LENGTHS = (2, 4, 6, 9)
"""Digits of a province, city, county and town; a village has all twelve."""


class UnknownParameter(SteelyardError):
    """A value is given for a parameter that the model does not have."""


class SaidInBoth(SteelyardError):
    """An error whose reader sits before a page as often as before a command."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.words = Words(zh, en)


class OutsideLimits(SaidInBoth):
    """A local value of a parameter lies outside the limits of the model."""


def prefix(area: str) -> str:
    """The significant digits of an area code: 330784000000 and 330784 are the same county."""
    area = area.strip()
    if len(area) != 12:
        return area
    for length in AREA_CODE_LENGTHS:
        if set(area[length:]) == {"0"}:
            return area[:length]
    return area


def text(value: Any) -> str | None:
    """A value as SQL casts it from text; a list becomes items joined with ``|``."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return "|".join(str(text(item) or "") for item in value)
    if isinstance(value, dt.datetime):
        return value.replace(tzinfo=None).isoformat(sep=" ")
    return str(value)


def literal(value: Any) -> str:
    """An SQL text literal, or NULL."""
    written = text(value)
    return "NULL" if written is None else "'" + written.replace("'", "''") + "'"


def in_force(overrides: Iterable[Override], as_of: dt.date) -> list[Override]:
    """Those of ``as_of``, strongest first: the longest prefix, then the latest beginning, then the latest word."""
    held = [
        one
        for one in reversed(list(overrides))
        if (one.since is None or one.since <= as_of) and (one.until is None or as_of <= one.until)
    ]
    return sorted(held, key=lambda one: (len(prefix(one.area)), one.since or dt.date.min), reverse=True)


def param_sql(
    model: SupervisionModel,
    as_of: dt.date,
    *,
    overrides: Sequence[Override] = (),
    values: Mapping[str, Any] | None = None,
    areas: str = "area_code",
) -> str:
    """SELECT for ``param`` over the relation ``areas`` (one column, area_code).

    ``values`` replace defaults everywhere; overrides come on top.  Raises UnknownParameter.
    """
    strongest = in_force(overrides, as_of)
    values = values or {}
    for name in {*values, *(name for one in overrides for name in one.values)}:
        if name not in model.parameters:
            raise UnknownParameter(f"{model.id} has no parameter {name}")
    columns = ["a.area_code"]
    for name, parameter in model.parameters.items():
        kind = PARAMETER_TYPES[parameter.type]
        arms = "".join(
            f" WHEN starts_with(a.area_code, {literal(prefix(one.area))})"
            f" THEN CAST({literal(one.values[name])} AS {kind})"
            for one in strongest
            if name in one.values
        )
        default = f"CAST({literal(values.get(name, parameter.default))} AS {kind})"
        columns.append(f'{f"CASE{arms} ELSE {default} END" if arms else default} AS "{name}"')
    return f"SELECT {', '.join(columns)} FROM {areas} AS a"


def within_limits(model: SupervisionModel, overrides: Iterable[Override]) -> None:
    """A local value never leaves the limits the model sets.  Raises OutsideLimits."""
    for one in overrides:
        for name, value in one.values.items():
            parameter = model.parameters.get(name)
            if parameter is None or parameter.type not in ("integer", "decimal"):
                continue
            number = Decimal(str(value))
            low, high = parameter.least, parameter.most
            if (low is not None and number < Decimal(str(low))) or (high is not None and number > Decimal(str(high))):
                raise _outside(model, parameter, value, one.area)


def _outside(model: SupervisionModel, parameter: Parameter, value: Any, area: str) -> OutsideLimits:
    low, high = parameter.least, parameter.most
    where_zh, where_en = (f"地区{area}", f" in area {area}") if area else ("", "")
    if low is not None and high is not None:
        must_zh, must_en = f"须在{low}与{high}之间", f"must be between {low} and {high}"
    elif low is not None:
        must_zh, must_en = f"不得小于{low}", f"must be at least {low}"
    else:
        must_zh, must_en = f"不得大于{high}", f"must be at most {high}"
    return OutsideLimits(
        f"模型{model.id}：{where_zh}参数{parameter.name}（{parameter.title.zh}）{must_zh}，给出的是{value}",
        f"{model.id}: {parameter.name} ({parameter.title.en}){where_en} {must_en}; {value} was given",
    )


def parameter_set(model: SupervisionModel, as_of: dt.date, overrides: Sequence[Override]) -> dict[str, Any]:
    """The parameters of a run as JSON keeps them: defaults, and what holds instead by area, the strongest first."""
    return {
        "defaults": {name: text(parameter.default) for name, parameter in model.parameters.items()},
        "overrides": [
            [prefix(one.area), sorted([name, text(value)] for name, value in one.values.items())]
            for one in in_force(overrides, as_of)
        ],
    }


def parameter_hash(model: SupervisionModel, as_of: dt.date, overrides: Sequence[Override]) -> str:
    """What identifies the parameter set of a run."""
    said = parameter_set(model, as_of, overrides)
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
