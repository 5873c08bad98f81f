"""What the engine says of a text, told again without a value of the data in it."""

import re

from steelyard.catalogue.tree import SqlBroken
from steelyard.detect.sandbox.refusal import Refusal

_LINE = re.compile(r"^LINE (\d+):", re.MULTILINE)
_BEFORE_ANY_ROW = (
    "ParserException",
    "BinderException",
    "CatalogException",
    "SyntaxException",
    "NotImplementedException",
)
"""Said of the text alone: no row has been read yet."""
_OF_A_VALUE = {
    "ConversionException": "a value cannot be read as the type asked for",
    "OutOfRangeException": "a number is too large for its type",
    "InvalidInputException": "a function was given a value it does not take",
    "ConstraintException": "a value breaks a constraint",
}
_REFUSED = ("PermissionException", "IOException")
_MEMORY = ("OutOfMemoryException",)


def refusal_of(error: BaseException) -> Refusal:
    """The refusal that an error stands for.  An author learns no value of the data from it."""
    if isinstance(error, Refusal):
        return error
    if isinstance(error, SqlBroken):
        return Refusal("sql", str(error), error.line)
    kind = type(error).__name__
    if isinstance(error, MemoryError) or kind in _MEMORY:
        return Refusal("limit-memory", "needs more memory than a run may use")
    if isinstance(error, RecursionError):
        return Refusal("sql-depth", "is nested too deeply")
    said = str(error)
    line = _line(said)
    if kind in _BEFORE_ANY_ROW:
        return Refusal("sql", said.splitlines()[0] if said else kind, line)
    if kind in _REFUSED:
        return Refusal("engine-closed", "asks for files or settings, which are closed", line)
    return Refusal("engine-value", _OF_A_VALUE.get(kind, f"the engine broke off: {kind}"), line)


def _line(said: str) -> int:
    found = _LINE.search(said)
    return int(found.group(1)) if found else 1
