"""``catalogue/workflows/releases.yaml``: with which models a fresh deployment starts."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from steelyard.kit import yamlfile
from steelyard.kit.errors import SteelyardError

PLACE = ("workflows", "releases.yaml")
PHASES = ("shadow", "live-pilot", "promoted")


class PlanBroken(SteelyardError):
    """The release plan of the catalogue cannot be read."""


@dataclass(frozen=True)
class ReleasePlan:
    """The phase in which the catalogue's models start."""

    phase: str
    area: str
    since: dt.date
    reason: Mapping[str, str]
    without: frozenset[str]
    """Models that start as drafts although the catalogue has them."""

    def names(self, model: str) -> bool:
        return model not in self.without


def read_plan(root: Path) -> ReleasePlan | None:
    """The plan of a catalogue; None where it has none: then every model starts as a draft.  Raises PlanBroken."""
    path = root.joinpath(*PLACE)
    if not path.is_file():
        return None
    said = yamlfile.load(path).data
    reason = said.get("reason") if isinstance(said, dict) else None
    if not isinstance(reason, dict) or not {"zh", "en"} <= set(reason) or said.get("phase") not in PHASES:
        raise PlanBroken(f"{path}:1: needs a phase ({', '.join(PHASES)}), an area, from, and a reason in zh and en")
    return ReleasePlan(
        phase=said["phase"],
        area=str(said.get("area") or ""),
        since=dt.date.fromisoformat(str(said["from"])),
        reason={name: str(text) for name, text in reason.items()},
        without=frozenset(map(str, said.get("without") or ())),
    )
