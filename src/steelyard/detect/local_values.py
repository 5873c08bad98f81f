"""Parameters that differ by region: dated, signed by two, within the model's limits, and only ever added to."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from steelyard.catalogue import Parameter, SupervisionModel
from steelyard.catalogue.cases import Override
from steelyard.detect.parameters import SaidInBoth, prefix, within_limits
from steelyard.kit.errors import SteelyardError

Connection = psycopg.Connection[Any]
_TYPES_ZH = {"integer": "整数", "decimal": "数值", "date": "日期（如2026-01-31）", "boolean": "true或false"}
_TYPES_EN = {
    "integer": "a whole number", "decimal": "a number", "date": "a date such as 2026-01-31", "boolean": "true or false",
}  # fmt: skip
LEVELS = ("province", "city", "county", "town", "village")


class NoSuchValue(SteelyardError):
    """There is no such local value, or it is over already."""


class WrongValue(SaidInBoth):
    """A value does not fit its parameter, or there is no such parameter."""


class SignedByOne(SteelyardError):
    """A local value needs two people: one proposes, another approves."""


@dataclass(frozen=True)
class LocalValue:
    """One row of local values, and until when it holds."""

    id: int
    model: str
    area: str
    values: Mapping[str, Any]
    since: dt.date
    until: dt.date | None
    reason: str
    proposed_by: str
    approved_by: str


def overrides_of(connection: Connection) -> dict[str, list[Override]]:
    """All local values by model, in the order in which they were said."""
    found: dict[str, list[Override]] = {}
    for model, area, values, since, until in connection.execute(
        "SELECT model, area_prefix, parameter_values, valid_from, valid_to FROM engine.parameter_held ORDER BY id"
    ):
        found.setdefault(model, []).append(Override(area, values, since, until))
    return found


def local_values(connection: Connection, model: str | None = None) -> list[LocalValue]:
    """Local values of one model or of all, the newest first."""
    rows = connection.execute(
        "SELECT id, model, area_prefix, parameter_values, valid_from, valid_to, reason, proposed_by, approved_by "
        "FROM engine.parameter_held WHERE %(model)s::text IS NULL OR model = %(model)s ORDER BY id DESC",
        {"model": model},
    ).fetchall()
    return [LocalValue(*row) for row in rows]


def read_values(model: SupervisionModel, given: Mapping[str, str]) -> dict[str, Any]:
    """Values from their texts, each of its parameter's type.  Raises WrongValue, OutsideLimits."""
    found: dict[str, Any] = {}
    for name, said in given.items():
        if name not in model.parameters:
            known = ", ".join(model.parameters)
            raise WrongValue(
                f"模型{model.id}没有参数{name}；它的参数：{known or '无'}",
                f"{model.id} has no parameter {name}; it has {known or 'none'}",
            )
        found[name] = _typed(model.parameters[name], said.strip())
    if not found:
        raise WrongValue(f"模型{model.id}：请说明哪个参数取什么值", f"{model.id}: say which parameter gets which value")
    within_limits(model, [Override("", found)])
    return found


def _typed(parameter: Parameter, said: str) -> Any:
    try:
        if parameter.type == "integer":
            return int(said)
        if parameter.type == "decimal":
            number = Decimal(said)
            if not number.is_finite():
                raise ValueError(said)
            return str(number)
        if parameter.type == "date":
            return dt.date.fromisoformat(said).isoformat()
        if parameter.type == "boolean":
            return {"true": True, "false": False}[said.lower()]
    except (ValueError, InvalidOperation, KeyError) as error:
        raise WrongValue(
            f"参数{parameter.name}（{parameter.title.zh}）须为{_TYPES_ZH[parameter.type]}，给出的是“{said}”",
            f"{parameter.name} ({parameter.title.en}) must be {_TYPES_EN[parameter.type]}; {said!r} was given",
        ) from error
    return said


def above_their_level(model: SupervisionModel, values: Mapping[str, Any], level: str) -> list[str]:
    """Parameters among ``values`` that somebody of this level may not set; the model names the lowest that may."""
    highest = len(LEVELS)
    own = LEVELS.index(level) if level in LEVELS else highest
    allowed = {name: model.parameters[name].change_by for name in values}
    return sorted(name for name, lowest in allowed.items() if own > (LEVELS.index(lowest) if lowest in LEVELS else 0))


def put(
    connection: Connection,
    model: SupervisionModel,
    *,
    area: str,
    values: Mapping[str, Any],
    since: dt.date,
    until: dt.date | None = None,
    reason: str,
    proposed_by: str,
    approved_by: str,
    effect: Mapping[str, Any] | None = None,
    motion: int | None = None,
) -> int:
    """Write down a local value and its sweep campaign; returns its number.  Raises SignedByOne, OutsideLimits."""
    if not approved_by or proposed_by == approved_by:
        raise SignedByOne
    within_limits(model, [Override(area, values)])
    row = connection.execute(
        "INSERT INTO engine.parameter_override (model, area_prefix, parameter_values, valid_from, valid_to, reason, "
        "proposed_by, approved_by, effect, motion) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING id",
        [
            *(model.id, prefix(area), Jsonb(dict(values)), since, until, reason, proposed_by, approved_by),
            *(Jsonb(dict(effect or {})), motion),
        ],
    ).fetchone()
    made = int(row[0]) if row else 0
    _sweep(connection, model.id, prefix(area), made, since)
    return made


def end(
    connection: Connection, number: int, *, on: dt.date, reason: str, proposed_by: str, approved_by: str,
    motion: int | None = None,
) -> int:  # fmt: skip
    """End a local value by a row that says so: from ``on`` it holds no more.  Raises NoSuchValue, SignedByOne."""
    if not approved_by or proposed_by == approved_by:
        raise SignedByOne
    row = connection.execute(
        "INSERT INTO engine.parameter_override (model, area_prefix, parameter_values, valid_from, reason, proposed_by, "
        "approved_by, ends, motion) SELECT model, area_prefix, '{}', %s, %s, %s, %s, id, %s FROM engine.parameter_held "
        "WHERE id = %s AND coalesce(valid_to, %s) >= %s RETURNING id, model, area_prefix",
        [on, reason, proposed_by, approved_by, motion, number, on, on],
    ).fetchone()
    if row is None:
        raise NoSuchValue(f"there is no local value {number} that still holds on {on}")
    _sweep(connection, str(row[1]), str(row[2]), int(row[0]), on)
    return int(row[0])


def _sweep(connection: Connection, model: str, area: str, override: int, since: dt.date) -> None:
    connection.execute(
        "INSERT INTO engine.sweep_campaign (model, area_prefix, parameter_override, since) VALUES (%s, %s, %s, %s)",
        [model, area, override, since],
    )
