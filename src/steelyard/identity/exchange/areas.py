"""The officials of an area: those of its villages, and those in office at its bodies."""

from collections.abc import Mapping
from typing import Protocol

from steelyard.contracts import Contract
from steelyard.engines.duck import connect, quoted, register_files
from steelyard.identity.overlay import Overlay
from steelyard.kit.errors import SteelyardError
from steelyard.pool import LINEAGE, PoolVersion

_READS = {"official": ("person_id", "org_id", "village_code"), "org": ("org_id", "area_code")}
_LEVEL_DIGITS = (2, 4, 6, 9, 12)


class AreaUnfit(SteelyardError):
    """An area is told by its code: 12 digits, or the first 2, 4, 6 or 9 of them."""


class Tables(Protocol):
    """What is read of the pool."""

    @property
    def contracts(self) -> Mapping[str, Contract]: ...

    def files(self, dataset: str, version: PoolVersion | None = None) -> list[str]: ...


def beginning(code: str) -> str:
    """The digits of a code that tell the area.  Raises AreaUnfit."""
    if not code.isdecimal() or not code.isascii() or len(code) not in _LEVEL_DIGITS:
        raise AreaUnfit(f"{code[:40]!r} is no area code: 12 digits, or the first 2, 4, 6 or 9 of them")
    return next((code[:n] for n in _LEVEL_DIGITS if code[n:] == "0" * (len(code) - n)), code)


def officials(pool: Tables, overlay: Overlay, area: str) -> list[str]:
    """Keys of the officials of an area, present and former.  Raises AreaUnfit."""
    begin = beginning(area)
    duck = connect(memory_mb=512)
    try:
        overlay.put(duck)
        views = {}
        for dataset, columns in _READS.items():
            schema = dict.fromkeys(columns, "VARCHAR") | dict(LINEAGE)
            register_files(duck, f"plain {dataset}", pool.files(dataset), schema)
            subjects = [name for name in columns if pool.contracts[dataset].columns[name].subject]
            source = quoted(f"plain {dataset}")
            views[dataset] = overlay.view_sql(dataset, columns, subjects, source, sure=False)
        found = duck.execute(
            f"SELECT DISTINCT o.person_id FROM {views['official']} o LEFT JOIN {views['org']} g USING (org_id) "
            "WHERE o.person_id IS NOT NULL AND (starts_with(o.village_code, ?) OR starts_with(g.area_code, ?)) "
            "ORDER BY 1",
            [begin, begin],
        ).fetchall()
        return [row[0] for row in found]
    finally:
        duck.close()
