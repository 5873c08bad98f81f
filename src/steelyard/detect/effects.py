"""What a proposed local value would change, before anybody saves it."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import psycopg

from steelyard.catalogue import Catalogue, SupervisionModel
from steelyard.catalogue.cases import Override
from steelyard.detect.local_values import local_values
from steelyard.detect.parameters import AREA_CODE_LENGTHS, in_force, prefix, text
from steelyard.detect.rehearsing import Difference, Key, Rehearsal, Seen, difference, rehearsal
from steelyard.detect.releases import releases_on
from steelyard.detect.views import Tables

Connection = psycopg.Connection[Any]


@dataclass(frozen=True)
class Change:
    """One parameter: what holds now in the area, and what would."""

    name: str
    zh: str
    en: str
    now: str
    then: str

    @property
    def way(self) -> str:
        """lowering, raising or changing."""
        try:
            before, after = float(self.now), float(self.then)
        except ValueError:
            return "changing"
        return "lowering" if after < before else "raising" if after > before else "changing"


@dataclass(frozen=True)
class Effect:
    """Findings with the value against findings without it, over the newest pool, as models grade them."""

    model: str
    area: str
    area_name: str
    as_of: dt.date
    pool_version: int
    changes: tuple[Change, ...]
    found: int
    """In the area as it is now."""
    added: int
    removed: int
    regraded: int
    live: bool
    """Whether the model raises alerts there; else these are findings that are only watched."""
    by_area: tuple[Mapping[str, Any], ...]
    """Of each area next below: area, name, added, removed, regraded; those without a change are absent."""
    said: Mapping[str, str]
    """In a sentence, zh and en."""

    def told(self) -> dict[str, Any]:
        return asdict(self) | {"as_of": self.as_of.isoformat()}


def effect(
    pool: Tables, catalogue: Catalogue, connection: Connection, model: SupervisionModel, *, area: str,
    values: Mapping[str, Any], as_of: dt.date, ending: int | None = None,
) -> Effect:  # fmt: skip
    """Evaluate the model with and without the values in an area.  Raises OutsideLimits, SteelyardError.

    ``ending``: a local value that would hold no more, instead of new ones.
    """
    place = prefix(area)
    held = {one.id: Override(one.area, one.values, one.since, one.until) for one in local_values(connection, model.id)}
    local = [held[number] for number in sorted(held)]
    proposed = [held[number] for number in sorted(held) if number != ending]
    if values:
        proposed.append(Override(place, values, as_of))
    changed = list(values or (held[ending].values if ending in held else {}))
    version = pool.current()
    with rehearsal(pool, catalogue, connection, [model], version) as look:
        before = _inside(look.found(model, as_of, local), place)
        found = difference(before, _inside(look.found(model, as_of, proposed), place))
        parts = _by_area(found, place, look)
        name = look.names([place]).get(place.ljust(12, "0"), place) if place else ""
    changes = tuple(_change(model, parameter, (local, proposed), place, as_of) for parameter in changed)
    counts = (len(found.added), len(found.removed), len(found.regraded))
    live = releases_on(connection, as_of).standing(model.id, place) == "routed"
    return Effect(
        model.id, place, name, as_of, version.number, changes, len(before), *counts, live, parts,
        _sentence(changes, name, counts, live),
    )  # fmt: skip


def _inside(found: Mapping[Key, Seen], place: str) -> dict[Key, Seen]:
    return {key: seen for key, seen in found.items() if seen.area.startswith(place)}


def _by_area(found: Difference, place: str, look: Rehearsal) -> tuple[dict[str, Any], ...]:
    """Counts of each area one level below ``place``."""
    length = next((n for n in (*AREA_CODE_LENGTHS, 12) if n > len(place)), 12)
    added, removed = _count(found.added, length), _count(found.removed, length)
    regraded = _count((after for _, after in found.regraded), length)
    met = sorted({*added, *removed, *regraded})
    names = look.names(met)
    return tuple(
        {
            "area": code, "name": names.get(code.ljust(12, "0"), code),
            "added": added[code], "removed": removed[code], "regraded": regraded[code],
        }
        for code in met
    )  # fmt: skip


def _count(seen: Iterable[Seen], length: int) -> Counter[str]:
    return Counter(one.area[:length] for one in seen)


def _change(
    model: SupervisionModel, name: str, texts: tuple[list[Override], list[Override]], place: str, as_of: dt.date
) -> Change:
    parameter = model.parameters[name]
    now, then = (_held(local, name, place, as_of, parameter.default) for local in texts)
    return Change(name, parameter.title.zh, parameter.title.en, now, then)


def _held(local: list[Override], name: str, place: str, as_of: dt.date, default: Any) -> str:
    """The value that holds for a whole area on a day."""
    found = [one for one in in_force(local, as_of) if name in one.values and place.startswith(prefix(one.area))]
    return str(text(found[0].values[name] if found else default))


_WAYS = {"lowering": "调低", "raising": "调高", "changing": "更改"}


def _sentence(changes: tuple[Change, ...], name: str, counts: tuple[int, int, int], live: bool) -> dict[str, str]:
    added, removed, regraded = counts
    zh = "，".join(f"{_WAYS[one.way]}{one.zh}（{one.now} → {one.then}）" for one in changes)
    en = ", ".join(f"{one.way} “{one.en}” ({one.now} → {one.then})" for one in changes)
    what_zh, what_en = ("预警", "alerts") if live else ("结果（仅观察）", "findings that are only watched")
    where = f"in {name}" if name else "everywhere"
    return {
        "zh": f"{zh}：{name or '全域'}将增加{what_zh}{added}条，减少{removed}条，{regraded}条改变等级",
        "en": f"{en} raises {added} more {what_en} {where}, {removed} fewer; {regraded} get another grade",
    }
