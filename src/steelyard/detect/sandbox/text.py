"""Layer 1: what a text says, before anything of it runs.  Runs inside the walls, for a parser can be attacked too."""

import unicodedata
from collections.abc import Collection

import sqlglot
from sqlglot.errors import SqlglotError

from steelyard.catalogue.lint.subset import foreign
from steelyard.catalogue.tree import SqlBroken, parse
from steelyard.detect.sandbox.limits import DEEPEST, MOST_TOKENS, TEXT_BYTES
from steelyard.detect.sandbox.refusal import Refusal
from steelyard.engines.duck import DuckError
from steelyard.engines.sealed import not_one_select

_WHITE = "\n\r\t"
_OPENING = {"L_PAREN", "L_BRACKET", "L_BRACE", "CASE"}
_CLOSING = {"R_PAREN", "R_BRACKET", "R_BRACE", "END"}


def admit(sql: str, may_read: Collection[str]) -> None:
    """Let one SELECT of allowed nodes and functions over ``may_read`` pass.  Raises Refusal."""
    refuse_shapeless(sql)
    try:
        for line, rule, message in foreign(parse(sql), may_read):
            raise Refusal(rule, message, line)
    except SqlBroken as error:
        raise Refusal("sql-statement", str(error), error.line) from error
    except RecursionError as error:
        raise Refusal("sql-depth", "is nested too deeply") from error
    try:
        other = not_one_select(sql)
    except DuckError as error:
        raise Refusal("sql-statement", str(error).splitlines()[0]) from error
    if other is not None:
        raise Refusal("sql-statement", f"must be one SELECT; the engine reads {other}")


def refuse_shapeless(sql: str) -> None:
    """What a parser should not even be given: too long, too deep, or with signs nobody sees.  Raises Refusal."""
    size = len(sql.encode("utf-8", "surrogatepass"))
    if size > TEXT_BYTES:
        raise Refusal("sql-size", f"is {size} bytes long; at most {TEXT_BYTES}")
    for number, line in enumerate(sql.split("\n"), start=1):
        for sign in line:
            if unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Co", "Cn") and sign not in _WHITE:
                raise Refusal("sql-character", f"holds the invisible sign U+{ord(sign):04X}", number)
    _refuse_deep(sql)


def _refuse_deep(sql: str) -> None:
    try:
        tokens = sqlglot.tokenize(sql, read="duckdb")
    except SqlglotError as error:
        raise Refusal("sql-statement", str(error).splitlines()[0]) from error
    if len(tokens) > MOST_TOKENS:
        raise Refusal("sql-size", f"has {len(tokens)} words and signs; at most {MOST_TOKENS}")
    depth = 0
    for token in tokens:
        depth += (token.token_type.name in _OPENING) - (token.token_type.name in _CLOSING)
        if depth > DEEPEST:
            raise Refusal("sql-depth", f"is nested more than {DEEPEST} deep", token.line)
