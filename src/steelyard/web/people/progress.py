"""How far a report is, for the reporter and for the desk: the same clock for both."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q

from steelyard.web.orgs.models import Body, in_language
from steelyard.web.people.actions.reporter import rating_reason
from steelyard.web.people.actions.steps import message_text, note_of
from steelyard.web.people.models import Appeal, Rating
from steelyard.web.people.pages import word
from steelyard.web.powers.flow import flow

INSIDE = ("link", "link_refused")
"""Steps that the reporter is not told: what a report was joined to."""


@dataclass(frozen=True)
class Entry:
    """One line of the timeline."""

    at: dt.datetime
    title: str
    text: str
    kind: str
    """step, desk (an office writes) or reporter."""


@dataclass(frozen=True)
class Progress:
    """What both sides see."""

    appeal: Appeal
    state: str
    with_whom: str
    due: dt.date | None
    days_late: int
    is_final: bool
    asks_rating: bool
    entries: list[Entry]
    ratings: list[tuple[Rating, str]]


def state_words(state: str) -> str:
    words = flow("appeal").states[state]
    return in_language(words["zh"], words["en"])


def with_whom(appeal: Appeal) -> str:
    """Level and kind of the body, never a person."""
    return f"{appeal.receiver.get_level_display()} · {word('org_type', appeal.receiver.org_type)}"


def progress_of(appeal: Appeal, today: dt.date, reader: Body | None = None) -> Progress:
    """The report as its reporter and the body that holds it see it; another ``reader`` sees its own time alone."""
    gone = reader is not None and reader.pk != appeal.receiver_id
    lay_here = Q(held_by=reader) if gone else Q()
    steps = [
        Entry(step.at, state_words(step.state), note_of(step), "step")
        for step in appeal.steps.exclude(name__in=INSIDE)
        .filter(lay_here | Q(body=reader) if gone else Q())
        .order_by("pk")
    ]
    messages = [
        Entry(message.at, "", message_text(message), "desk" if message.by_id else "reporter")
        for message in appeal.messages.filter(lay_here).order_by("pk")
    ]
    final = appeal.state in flow("appeal").final
    late = (today - appeal.due).days if appeal.due and not final else 0
    return Progress(
        appeal, state_words(appeal.state), with_whom(appeal), appeal.due if not final else None, max(late, 0),
        final, appeal.state == "awaiting_rating", sorted(steps + messages, key=lambda entry: entry.at),
        [] if gone else [(rating, rating_reason(rating)) for rating in appeal.ratings.order_by("round")],
    )  # fmt: skip
