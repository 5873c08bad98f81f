"""What each role finds on its first page: what to do now, until when; each room says what waits in it."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from steelyard.web.orgs.models import User
from steelyard.web.orgs.words import CASE_ROLES, Role
from steelyard.web.screens import waiting

Text = str | Promise


@dataclass(frozen=True)
class Section:
    """One heap of the desk."""

    title: Text
    items: tuple[waiting.Item, ...]
    more: str = ""
    """Address of the whole list."""
    count: int = 0
    """How many wait in all; the page lists the first ones."""
    hidden: int = 0
    numbers: frozenset[str] = frozenset()
    """Cases in the heap, listed or not."""
    empty: Text = field(default=_("Nothing waits for you here."))

    @property
    def late(self) -> int:
        return sum(item.late for item in self.items)


@dataclass(frozen=True)
class Heap:
    """Where a section comes from and who has it."""

    title: Text
    roles: frozenset[str]
    find: Callable[[User, dt.datetime], Iterable[waiting.Item]]
    list_url: str
    empty: Text


VILLAGE = frozenset({Role.VILLAGE_SECRETARY, Role.VILLAGE_CLERK, Role.VILLAGE_SUPERVISION})
HEAPS = (
    Heap(
        _("Cases that wait for you"), frozenset(CASE_ROLES), waiting.cases, "case_list",
        _("No case waits for you. A new one appears here when it is sent to your office or handed on to you."),
    ),
    Heap(
        _("Cases that nobody can take"), frozenset({Role.DISPATCHER}), waiting.unstaffed, "case_list",
        _("Every open case lies with an office in which somebody can act."),
    ),
    Heap(
        _("Questions put to you"), frozenset({Role.EXPLAINER}) | VILLAGE, waiting.questions, "question_list",
        _("Nobody has asked you anything. Questions appear here with the day by which to answer."),
    ),
    Heap(
        _("Villagers' reports"), frozenset({Role.APPEAL_DESK, Role.CLUE_OFFICE}), waiting.appeals, "appeal_desk",
        _("No report waits. A new one appears here as soon as a villager has sent it."),
    ),
    Heap(
        _("Village matters"), VILLAGE, waiting.matters, "matter_list",
        _("No matter waits for your step. The village clerk registers them; they appear here."),
    ),
    Heap(
        _("Loopholes to close"), frozenset({Role.GOVERNANCE}), waiting.loopholes, "loophole_list",
        _("No loophole is open in your area."),
    ),
    Heap(
        _("Deliveries that need you"), frozenset({Role.STEWARD}), waiting.deliveries, "pool_status",
        _("Every delivery was accepted. A refused one appears here with its reason."),
    ),
    Heap(
        _("Numbers that could not be used"), frozenset({Role.STEWARD}), waiting.identity_questions,
        "identity_questions", _("No number waits for you."),
    ),
    Heap(
        _("Models that could not look"), frozenset({Role.ANALYST}), waiting.blind_models, "model_list",
        _("Every model could be evaluated in your area in the last run."),
    ),
    Heap(
        _("The record"), frozenset({Role.AUDITOR}), waiting.audit, "audit_list",
        _("Nothing was recorded yet."),
    ),
    Heap(
        _("Accounts"), frozenset({Role.USER_ADMIN}), waiting.accounts, "user_list",
        _("Every account has a second factor and a post."),
    ),
)  # fmt: skip
SHOWN = 8


def desk(viewer: User, now: dt.datetime) -> list[Section]:
    """The viewer's heaps, those in which something waits first, in each the most urgent first."""
    found = []
    for heap in HEAPS:
        if not viewer.roles & heap.roles:
            continue
        items = sorted(heap.find(viewer, now), key=waiting.Item.urgency)
        count, hidden = sum(item.count for item in items), max(0, len(items) - SHOWN)
        numbers = frozenset(item.case_no for item in items)
        found.append(Section(heap.title, tuple(items[:SHOWN]), _url(heap.list_url), count, hidden, numbers, heap.empty))
    return sorted(found, key=lambda section: not section.items)


def _url(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
