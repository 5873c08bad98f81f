"""Scores kept in a home: how much of the wrongs planted in a made-up world the models found there.

The command line measures and writes; the site reads.  A file holds counts by model and scheme, no person and no key, so
that it may be carried to another home.
"""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from steelyard.kit.home import Home
from steelyard.kit.intervals import wilson

FORMAT = 1
MOST = 50
"""As many are read, the newest."""
MOST_BYTES = 5_000_000
"""A file that is larger was not written by `synth score`."""
GRADES = ("red", "yellow")


@dataclass(frozen=True)
class Share:
    """A part of a whole, with what that proves."""

    part: int
    whole: int

    @property
    def value(self) -> float | None:
        """0..1; None where there is nothing to divide by."""
        return self.part / self.whole if self.whole else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson's at 95 %, 0..1."""
        return wilson(self.part, self.whole) if self.whole else None


@dataclass(frozen=True)
class Tally:
    """What was planted, found and raised: of one model, or of all."""

    planted: int
    found: int
    raised: int
    true: int
    days: float | None = None
    """Median from the day of a wrong to the look that found it."""
    dated: int = 0
    """How many of the found tell of both days."""

    @property
    def missed(self) -> int:
        return self.planted - self.found

    @property
    def recall(self) -> Share:
        return Share(self.found, self.planted)

    @property
    def precision(self) -> Share:
        return Share(self.true, self.raised)


@dataclass(frozen=True)
class Scheme:
    """Of one story of the made-up world."""

    story: str
    title: Mapping[str, str] | None
    """``{zh, en}``; None where it is nothing but one model's wrongs."""
    planted: int
    found: int
    models: tuple[str, ...]

    @property
    def missed(self) -> int:
        return self.planted - self.found

    @property
    def recall(self) -> Share:
        return Share(self.found, self.planted)


@dataclass(frozen=True)
class Kept:
    """One score as it was kept."""

    name: str
    """Of its file."""
    scored_at: dt.datetime
    scale: str
    seed: int
    until: dt.date | None
    """Last day anything is known of in that world."""
    villages: int | None
    pool_version: int
    looked_on: dt.date
    """Day of the newest look."""
    days_looked: int
    """On how many days models looked; where it is one, days to an alert tell only how old the wrongs were."""
    catalogue: str
    """sha256 of the catalogue's lock."""
    total: Tally
    grades: Mapping[str, Share]
    models: Mapping[str, Tally]
    versions: Mapping[str, str]
    """Of the models that looked, their version; a model that is absent could not look."""
    schemes: tuple[Scheme, ...]

    def per_1000(self, raised: int) -> float | None:
        """Alerts by thousand villages; None where the world does not say how many it has."""
        return 1000 * raised / self.villages if self.villages else None


@dataclass(frozen=True)
class Unreadable:
    """A file among the scores that says nothing."""

    name: str
    old: bool
    """Whole, but written by another version; else damaged."""


def keep(home: Home, document: Mapping[str, Any]) -> Path:
    """Write a score into a home's folder; the newest name sorts last.  ``document``: see ``read``."""
    home.scores.mkdir(parents=True, exist_ok=True)
    moment = dt.datetime.fromisoformat(document["scored_at"]).astimezone(dt.UTC)
    path = home.scores / f"{moment:%Y%m%dT%H%M%S%f}-{document['scale']}-{document['seed']}.json"
    beside = path.with_suffix(".part")
    beside.write_text(json.dumps({"format": FORMAT, **document}, ensure_ascii=False, indent=1), encoding="utf-8")
    beside.replace(path)
    return path


def kept(home: Home) -> tuple[list[Kept], list[Unreadable]]:
    """Scores that were kept in a home, the newest first, and files that cannot be read."""
    files = sorted(home.scores.glob("*.json"), reverse=True)[:MOST] if home.scores.is_dir() else []
    found = [_found(file) for file in files]
    readable = [one for one in found if isinstance(one, Kept)]
    return (
        sorted(readable, key=lambda one: (one.scored_at, one.name), reverse=True),
        [one for one in found if isinstance(one, Unreadable)],
    )


def _found(file: Path) -> Kept | Unreadable:
    try:
        state = file.stat()
    except OSError:
        return Unreadable(file.name, old=False)
    return _read(file, state.st_mtime_ns) if state.st_size <= MOST_BYTES else Unreadable(file.name, old=False)


@lru_cache(maxsize=MOST)
def _read(file: Path, _changed: int) -> Kept | Unreadable:
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
        if isinstance(document, dict) and document.get("format") != FORMAT:
            return Unreadable(file.name, old=True)
        return read(file.name, document)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        return Unreadable(file.name, old=False)


def read(name: str, document: Mapping[str, Any]) -> Kept:
    """Raises KeyError, ValueError, TypeError or AttributeError where something is missing or no such thing."""
    figures = document["figures"]
    return Kept(
        name=name,
        scored_at=dt.datetime.fromisoformat(document["scored_at"]).astimezone(dt.UTC),
        scale=str(document["scale"]),
        seed=int(document["seed"]),
        until=dt.date.fromisoformat(document["until"]) if document["until"] else None,
        villages=int(document["villages"]) if document["villages"] else None,
        pool_version=int(document["pool_version"]),
        looked_on=dt.date.fromisoformat(document["looked_on"]),
        days_looked=int(document["days_looked"]),
        catalogue=str(document["catalogue"]),
        total=_tally(figures),
        grades={one: _share(figures[f"{one}_true"], figures[f"{one}_raised"]) for one in GRADES},
        models={str(model): _tally(said) for model, said in figures["by_model"].items()},
        versions={str(model): str(version) for model, version in document["versions"].items()},
        schemes=tuple(_scheme(story, said) for story, said in figures["by_scheme"].items()),
    )


def _tally(said: Mapping[str, Any]) -> Tally:
    days = said["days_to_alert_median"]
    _share(said["found"], said["planted"])
    _share(said["true"], said["raised"])
    return Tally(
        int(said["planted"]), int(said["found"]), int(said["raised"]), int(said["true"]),
        None if days is None else float(days), int(said["dated"]),
    )  # fmt: skip


def _scheme(story: str, said: Mapping[str, Any]) -> Scheme:
    _share(said["found"], said["planted"])
    title = said["title"]
    words = None if title is None else {"zh": str(title["zh"]), "en": str(title["en"])}
    return Scheme(story, words, int(said["planted"]), int(said["found"]), tuple(map(str, said["models"])))


def _share(part: int, whole: int) -> Share:
    if not 0 <= part <= whole:
        raise ValueError(part, whole)
    return Share(int(part), int(whole))
