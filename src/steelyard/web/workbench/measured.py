"""What the models found of the wrongs planted in made-up worlds, as pages tell it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from steelyard.detect import scores
from steelyard.detect.scores import Kept, Scheme, Share, Tally, Unreadable
from steelyard.web.orgs.models import in_language
from steelyard.web.workbench import shelf

ALL_GOAL, EACH_GOAL = 0.95, 0.9
"""Of the planted wrongs so many are to be found: over all models, and by each."""
GRADE_GOALS = {"red": 0.9, "yellow": 0.8}
"""Of the findings of a grade so many are to be right."""
WORLDS: dict[str, str | Promise] = {
    "county": _("made-up county"), "city": _("made-up city"), "province": _("made-up province"),
}  # fmt: skip


@dataclass(frozen=True)
class Goal:
    """A share beside what it is to reach; reached by the share itself, whatever its interval."""

    share: Share
    goal: float

    @property
    def reached(self) -> bool | None:
        """None where there is nothing to divide by."""
        return None if self.share.value is None else self.share.value >= self.goal


@dataclass(frozen=True)
class Row:
    """One model in one world."""

    id: str
    model: Any
    """None where the catalogue no longer has it."""
    tally: Tally
    version: str
    """That was measured; empty where it could not look."""
    per_1000: float | None

    @property
    def measured(self) -> bool:
        return self.tally.planted > 0

    @property
    def below(self) -> bool:
        found = self.tally.recall.value
        return found is not None and found < EACH_GOAL

    @property
    def faultless(self) -> bool:
        """Nothing missed, and nothing raised besides."""
        return self.measured and not self.tally.missed and self.tally.raised == self.tally.true

    @property
    def changed(self) -> bool:
        """Whether another version stands in the catalogue now."""
        return bool(self.version and self.model and self.model.version != self.version)

    @property
    def rank(self) -> tuple[Any, ...]:
        """The worst first: the lower of both shares, then how many were missed or wrong."""
        shares = [one.value for one in (self.tally.recall, self.tally.precision) if one.value is not None]
        wrong = self.tally.missed + self.tally.raised - self.tally.true
        return (min(shares, default=1.0), -wrong, self.id)


@dataclass(frozen=True)
class Story:
    """One scheme, with the models that should speak."""

    scheme: Scheme
    models: list[tuple[str, Any]]

    @property
    def rank(self) -> tuple[Any, ...]:
        found = self.scheme.recall.value
        return (1.0 if found is None else found, -self.scheme.missed, self.scheme.story)


@dataclass
class Page:
    """One score in full."""

    kept: Kept
    rows: list[Row] = field(default_factory=list)
    stories: list[Story] = field(default_factory=list)
    alone: int = 0
    """Wrongs that belong to no scheme but a single model's."""
    silent: list[tuple[Any, bool]] = field(default_factory=list)
    """Models for which nothing was planted and which raised nothing, and whether they could look."""
    few: int = 10
    """More lines without a fault are shown only when asked for: among them the others would be lost."""

    @property
    def faulty(self) -> list[Row]:
        return [row for row in self.rows if not row.faultless]

    @property
    def faultless(self) -> list[Row]:
        return [row for row in self.rows if row.faultless]

    @property
    def missed_stories(self) -> list[Story]:
        return [story for story in self.stories if story.scheme.missed]

    @property
    def full_stories(self) -> list[Story]:
        return [story for story in self.stories if not story.scheme.missed]

    @property
    def recall(self) -> Goal:
        return Goal(self.kept.total.recall, ALL_GOAL)

    @property
    def grades(self) -> list[tuple[str, Goal]]:
        return [(grade, Goal(self.kept.grades[grade], goal)) for grade, goal in GRADE_GOALS.items()]

    @property
    def world(self) -> str:
        return world(self.kept)

    @property
    def per_1000(self) -> float | None:
        return self.kept.per_1000(self.kept.total.raised)

    @property
    def measured(self) -> int:
        return sum(row.measured for row in self.rows)

    @property
    def below(self) -> int:
        return sum(row.below for row in self.rows)


def world(kept: Kept) -> str:
    """The scale in words; the word of the file where it is none of ours."""
    return str(WORLDS.get(kept.scale, kept.scale))


def kept() -> tuple[list[Kept], list[Unreadable]]:
    """Scores of this installation, the newest first, and files that cannot be read."""
    return scores.kept(settings.STEELYARD_HOME)


def page(one: Kept) -> Page:
    """One score with the catalogue's words."""
    known = shelf.catalogue().models
    rows = [
        Row(name, known.get(name), tally, one.versions.get(name, ""), one.per_1000(tally.raised))
        for name, tally in one.models.items()
    ]
    silent = [
        (model, name in one.versions)
        for name, model in known.items()
        if model.status == "ready" and name not in one.models
    ]
    told = [scheme for scheme in one.schemes if scheme.title]
    stories = [Story(scheme, [(name, known.get(name)) for name in scheme.models]) for scheme in told]
    return Page(
        one,
        sorted(rows, key=lambda row: row.rank),
        sorted(stories, key=lambda story: story.rank),
        sum(scheme.planted for scheme in one.schemes if not scheme.title),
        sorted(silent, key=lambda pair: in_language(pair[0].title.zh, pair[0].title.en)),
    )


def newest_of(model_id: str, among: Iterable[Kept]) -> tuple[Kept, Tally] | None:
    """The newest score in which something was planted for a model; None where there is none."""
    for one in among:
        tally = one.models.get(model_id)
        if tally and tally.planted:
            return one, tally
    return None
