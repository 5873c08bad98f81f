"""What each rule of the sandbox means, for people."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

RULES: dict[str, Promise] = {
    "sql-statement": _("It must be one SELECT, and nothing else."),
    "sql-node": _("This part of SQL is not allowed in models."),
    "sql-function": _("This function is not allowed in models."),
    "sql-table": _("It reads a table that the model does not declare under data."),
    "sql-name": _("Tables are named plainly, without schema or database."),
    "sql-star": _("Columns are named one by one."),
    "sql-size": _("The text is too long."),
    "sql-depth": _("The text is nested too deeply."),
    "sql-character": _("The text holds a sign that nobody can see."),
    "sql-trace": _("The rows behind a finding of this text cannot be told."),
    "sql": _("The SQL cannot be understood."),
    "limit-wall": _("It was stopped, because it did not end."),
    "limit-cpu": _("It was stopped, because it used too much processor time."),
    "limit-memory": _("It was stopped, because it needs too much memory."),
    "limit-answer": _("It gives too many rows."),
    "engine-closed": _("Files, networks and settings are closed to models."),
    "engine-value": _("A value does not fit the calculation."),
    "engine-broke": _("The engine broke off."),
    "engine": _("The engine could not do it."),
    "case-row": _("The finding is not there any more."),
    "case-size": _("The finding rests on too many rows for a case."),
    "cases": _("Its cases do not hold."),
    "handed-in": _("This text was handed in already."),
    "closed-letters": _(
        "A trial has no letters of names, numbers and free texts: what asks for them may find fewer or more than the"
        " released model."
    ),
    "key-twice": _("Two findings have the same key."),
    "key-null": _("A finding has no key."),
    "grade-unknown": _("A grade is not in the vocabulary of the model."),
}


def in_words(rule: str) -> str:
    """The meaning of a rule; one of the lint's has only its message."""
    return str(RULES.get(rule, ""))
