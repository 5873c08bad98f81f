"""From a table written under an older version of a contract to one of today's."""

from collections.abc import Iterable, Mapping, Sequence

from steelyard.contracts.contract import Contract, Version
from steelyard.contracts.history import parts
from steelyard.kit.errors import SteelyardError
from steelyard.kit.sqltext import quoted


class MigrationMissing(SteelyardError):
    """A table cannot be brought to the contract's version: its history lacks the way."""


def steps(contract: Contract, held: str) -> list[Version]:
    """The versions after ``held``, oldest first.  Raises MigrationMissing where ``held`` is no version of it."""
    known = [one.version for one in contract.history]
    if held == contract.version:
        return []
    if held not in known:
        raise MigrationMissing(
            f"{contract.path}: the table of {contract.dataset} was written under {held},"
            f" which its history does not name ({', '.join(known) or 'it is empty'}); add it with a migration"
        )
    return [one for one in contract.history if (parts(one.version) or ()) > (parts(held) or ())]


def needed(contract: Contract, held: str) -> bool:
    """Whether rows must be rewritten: some version after ``held`` carries a migration."""
    return any(one.migration for one in steps(contract, held))


def rewriting(contract: Contract, held: str, relation: str, present: Iterable[str], lineage: Mapping[str, str]) -> str:
    """SELECT that gives today's columns and the ``lineage`` ones from ``relation``, written under ``held``.

    ``present``: columns ``relation`` has.  Each migration reads the result of the one before as ``old``; a column
    that came without one is null.
    """
    nested, columns = f"SELECT * FROM {relation}", list(present)
    migrations = [one.migration for one in steps(contract, held) if one.migration]
    for text in migrations:
        nested = f"WITH old AS ({nested}) {_without_end(text)}"
    wanted = contract.schema | dict(lineage)
    # What a migration makes is not known before it runs; it must name every column, so that none is lost silently.
    chosen = _chosen(wanted, columns) if not migrations else [_cast(name, kind) for name, kind in wanted.items()]
    return f"SELECT {', '.join(chosen)} FROM ({nested}) AS migrated"


def _without_end(text: str) -> str:
    return text.strip().rstrip(";")


def _cast(name: str, kind: str) -> str:
    return f"CAST({quoted(name)} AS {kind}) AS {quoted(name)}"


def _chosen(wanted: Mapping[str, str], present: Sequence[str]) -> list[str]:
    return [
        _cast(name, kind) if name in present else f"CAST(NULL AS {kind}) AS {quoted(name)}"
        for name, kind in wanted.items()
    ]
