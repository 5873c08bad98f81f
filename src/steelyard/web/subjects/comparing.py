"""Two records or subjects side by side: what differs first, and only that uncovered."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from psycopg.rows import dict_row

from steelyard.engines import duck
from steelyard.engines.duck import quoted
from steelyard.web.orgs.engine_link import reader
from steelyard.web.orgs.masking import mask_name
from steelyard.web.orgs.models import Area
from steelyard.web.subjects.covering import differences
from steelyard.web.subjects.pool_link import contracts, pool, term

REGISTERS = {
    "person": ("person_id", {"birth_date": "birth_date", "sex": "sex", "area_code": "hukou_village_code"}),
    "company": ("company_id", {"area_code": "area_code"}),
}
"""Column of the key, and of what is compared, in the registers of subjects, which are datasets of these names."""
SAME, DIFFERS, MISSING = "same", "differs", "missing"


@dataclass(frozen=True)
class Side:
    """One of the two, as it was delivered."""

    node: str
    kind: str
    name: str
    tier: str
    """Of a subject; empty for a record."""
    key: str
    """The subject it is or bears the number of; empty where that is open."""
    birth_date: str = ""
    sex: str = ""
    area_code: str = ""
    number: str = ""
    dataset: str = ""
    supplier: str = ""
    delivery: str = ""
    file: str = ""
    row: int = 0

    @property
    def is_record(self) -> bool:
        return self.node.startswith("r:")


@dataclass(frozen=True)
class Line:
    """One field of both."""

    field: str | Promise
    one: str
    other: str
    verdict: str


def side(node: str) -> Side | None:
    """A node as it is shown; None where it is no more."""
    with reader() as connection, connection.cursor(row_factory=dict_row) as cursor:
        if node.startswith("r:"):
            row = cursor.execute(
                "SELECT s.kind, s.name, '' AS tier, coalesce(r.key, s.conflict_key, '') AS key, s.birth_date, s.sex, "
                "s.area_code, s.number_masked AS number, s.dataset, s.supplier, s.delivery::text, s.file, s.row "
                "FROM engine.source_record s LEFT JOIN engine.resolution r ON r.record = s.id AND r.until IS NULL "
                "WHERE s.id::text = %s",
                [node[2:]],
            ).fetchone()
        else:
            row = cursor.execute(
                "SELECT kind, name, tier, key FROM engine.subject WHERE key = %s", [node[2:]]
            ).fetchone()
            row = row and row | _registered(row["kind"], row["key"])
    return Side(node, **{name: _text(value) for name, value in row.items()}) if row else None


def _text(value: Any) -> Any:
    return "" if value is None else value.isoformat() if isinstance(value, dt.date) else value


def _registered(kind: str, key: str) -> dict[str, Any]:
    """What the register of the kind tells of a subject, and where it stands."""
    column, wanted = REGISTERS.get(kind, ("", {}))
    contract = contracts().get(kind)
    if contract is None or column not in contract.columns:
        return {}
    held = pool()
    files = held.files(kind)
    if not files:
        return {}
    known = {name: source for name, source in wanted.items() if source in contract.columns}
    engine = duck.connect(memory_mb=256, threads=1)
    try:
        duck.register_files(engine, "register", files, held.schema(kind))
        chosen = ", ".join(f"CAST({quoted(source)} AS VARCHAR) AS {name}" for name, source in known.items())
        found = duck.rows(
            engine,
            f"SELECT {chosen}{', ' if chosen else ''}_supplier AS supplier, _delivery AS delivery, _file AS file, "
            f"_raw_row AS row FROM register WHERE {quoted(column)} = ? ORDER BY _seq DESC LIMIT 1",
            [key],
        )
    finally:
        engine.close()
    return found[0] | {"dataset": kind} if found else {}


def lines(one: Side, other: Side, *, opened: bool) -> list[Line]:
    """Field by field: what differs, then what one lacks, then what is equal.

    ``opened``: names and dates uncovered; else only the characters that differ are.
    """
    listed = [
        _line(_("Name"), one.name, other.name, opened, plain=one.kind != "person" and other.kind != "person"),
        _line(_("Birth date"), one.birth_date, other.birth_date, opened),
        _line(_("Sex"), _sex(one.sex), _sex(other.sex), opened, plain=True),
        _line(_("Area"), _area(one.area_code), _area(other.area_code), opened, plain=True),
        _line(_("Number, covered"), one.number, other.number, opened, plain=True),
    ]
    order = (DIFFERS, MISSING, SAME)
    return sorted((line for line in listed if line.one or line.other), key=lambda line: order.index(line.verdict))


def _line(field: str | Promise, one: str, other: str, opened: bool, *, plain: bool = False) -> Line:
    verdict = MISSING if not one or not other else SAME if one == other else DIFFERS
    if not opened and not plain:
        one, other = differences(one, other) if verdict != MISSING else (mask_name(one), mask_name(other))
    return Line(field, one, other, verdict)


def _sex(code: str) -> str:
    return term("sex", code) if code else ""


def _area(code: str) -> str:
    """The area with those it lies in, as far as a village and its township."""
    found = Area.objects.select_related("parent").filter(code=code).first() if code else None
    return f"{found.parent or ''} {found}".strip() if found else code
