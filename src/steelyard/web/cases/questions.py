"""The four published questions of a review, with their possible answers."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Promise


@dataclass(frozen=True)
class Question:
    """One question; answers in ``explained`` need a reason."""

    no: int
    text: "Promise"
    values: "tuple[tuple[str, Promise], ...]"
    explained: frozenset[str]


FOUR = (
    Question(
        1, _("Is the explanation reasonable?"),
        (("reasonable", _("reasonable")), ("partly", _("partly")), ("not", _("not")), ("none", _("none given"))),
        frozenset({"partly", "not", "none"}),
    ),
    Question(
        2, _("Was the firm (or person) blacklisted or restricted?"),
        (("yes", _("yes")), ("under_way", _("under way")), ("no", _("no")), ("na", _("not applicable"))),
        frozenset({"yes", "no", "na"}),
    ),
    Question(
        3, _("Was the rule or system revised?"),
        (("yes", _("yes")), ("planned", _("planned")), ("no_need", _("no need"))),
        frozenset({"yes", "planned", "no_need"}),
    ),
    Question(
        4, _("Was special governance carried out?"),
        (("yes", _("yes")), ("planned", _("planned")), ("no_need", _("no need"))),
        frozenset({"yes", "planned", "no_need"}),
    ),
)  # fmt: skip


def answer_text(question: int, value: str) -> str:
    """The words of an answer in the reader's language."""
    return str(dict(FOUR[question - 1].values).get(value, value))
