"""In which condition an interface is, gravest first, and what it asks for; and what became of a row held back."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Condition:
    """One condition.  ``mark`` says it by shape, ``word`` by name; ``tone`` colours what both already say."""

    code: str
    word: str | Promise
    mark: str
    tone: str
    """bad, odd, none, rest or good."""
    asks: str | Promise
    """What a steward does about it."""


CONDITIONS = (
    Condition(
        "failing", _("failing"), "✕", "bad",
        _("The last fetch did not succeed. Read its error; the platform tries again by itself, ever more seldom."),
    ),
    Condition(
        "signature", _("wrong signature"), "!", "bad",
        _("What came was not signed with the agreed key. Nothing of it was taken; agree on a key with the sender."),
    ),
    Condition(
        "refused", _("refused"), "⊘", "bad",
        _("The last delivery broke its contract as a whole. Send the reasons back and ask for it again."),
    ),
    Condition(
        "late", _("late"), "◷", "bad",
        _("Nothing came by the agreed day. Ask the department; models that need the data stop looking."),
    ),
    Condition(
        "drift", _("drifting"), "≠", "odd",
        _("Columns or figures differ from what was agreed. Change the mapping or the contract, then replay."),
    ),
    Condition(
        "thin", _("thin"), "◔", "odd",
        _("Far fewer rows or areas than expected came. Ask whether the delivery was complete."),
    ),
    Condition(
        "out-of-order", _("out of order"), "⇅", "odd",
        _("Older rows came behind newer ones. The newest stand; ask the department whether any are missing."),
    ),
    Condition(
        "slow", _("slow"), "…", "odd",
        _("Answers take longer than agreed, or a file was still being written. Nothing is lost; ask what holds it up."),
    ),
    Condition(
        "never", _("never connected"), "○", "none",
        _("No row ever came. Until one does, nobody looks at what these data would show."),
    ),
    Condition(
        "paused", _("paused"), "‖", "rest",
        _("Somebody stopped the fetching; the reason stands beside it. Resume it when the reason is gone."),
    ),
    Condition("healthy", _("healthy"), "✓", "good", _("Rows came when they were due and kept their contract.")),
)  # fmt: skip
BY_CODE = {one.code: one for one in CONDITIONS}
ORDER = {one.code: place for place, one in enumerate(CONDITIONS)}


def gravest(codes: set[str]) -> tuple[Condition, ...]:
    """The conditions of an interface, gravest first; healthy where there is none.

    A pause stands first: whoever stopped the fetching knows of the rest.
    """
    found = sorted((code for code in codes if code in BY_CODE), key=lambda code: (code != "paused", ORDER[code]))
    return tuple(BY_CODE[code] for code in found) or (BY_CODE["healthy"],)


HELD = {
    "open": _("not settled yet"), "replayed": _("sent again, still broken"),
    "resolved": _("settled by a later delivery"),
    "withdrawn": _("withdrawn with its delivery"),
}  # fmt: skip
"""What became of a row after it was held back."""
