"""Findings that vanish in masses: data that went away is not a supervised world that became clean."""

from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any

import psycopg

from steelyard.catalogue import SupervisionModel
from steelyard.detect.findings import Stored
from steelyard.detect.guards.batches import Hold
from steelyard.detect.guards.limits import Limits
from steelyard.pool import prefix


def county(area_code: str | None) -> str:
    """The county an area lies in, or the area itself where it lies above counties."""
    return prefix(area_code or "")[:6].ljust(12, "0")


def standing(connection: "psycopg.Connection[Any]", model: str) -> dict[str, int]:
    """Findings of a model that stand, by county."""
    rows = connection.execute(
        "SELECT area_code, count(*) FROM engine.finding WHERE model = %s AND state <> 'vanished' GROUP BY 1", [model]
    )
    found: Counter[str] = Counter()
    for area, number in rows:
        found[county(area)] += int(number)
    return found


def in_masses(
    model: SupervisionModel, vanished: Collection[str], known: Mapping[str, Stored], limits: Limits,
    standing: Mapping[str, int] | None = None,
) -> list[Hold]:  # fmt: skip
    """One hold for each county in which too large a share of a model's findings would vanish at once.

    ``known``: the stored findings by fingerprint; ``standing``: findings that stand by county, where ``known`` holds
    only some of them.
    """
    stand = standing or Counter(county(one.area_code) for one in known.values() if one.state != "vanished")
    going: dict[str, list[str]] = {}
    for fingerprint in vanished:
        going.setdefault(county(known[fingerprint].area_code), []).append(fingerprint)
    return [
        _hold(model, area, listed, known, stand[area], limits)
        for area, listed in sorted(going.items())
        if len(listed) >= limits.vanishing_from and len(listed) > limits.vanishing_share * stand[area]
    ]


def _hold(
    model: SupervisionModel, area: str, going: list[str], known: Mapping[str, Stored], standing: int, limits: Limits
) -> Hold:
    most = int(limits.vanishing_share * standing)
    why = {
        "zh": f"{model.id}：{area} 的 {standing} 条发现中有 {len(going)} 条将同时消失，超过 {most} 条；"
        "它们保持原样，待有人确认数据确已如此。",
        "en": f"{model.id}: {len(going)} of {standing} findings in {area} would vanish at once, more than {most}; they "
        "stay as they are until a person confirms that the data are right",
    }
    grades = Counter(known[fingerprint].grade for fingerprint in going)
    return Hold(
        "vanishings", len(going), most, why, model=model.id, area_code=area, by_area={area: dict(grades)},
        fingerprints=sorted(going),
    )  # fmt: skip
