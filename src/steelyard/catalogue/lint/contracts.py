"""What a contract of the catalogue must say beyond what any contract may: the promises, and SQL that runs."""

from collections.abc import Iterator, Mapping

from steelyard.catalogue.complaint import Complaint
from steelyard.contracts import Contract
from steelyard.contracts.columns import NUMBERS
from steelyard.engines.duck import Duck, DuckError, register_files

PLACE: Mapping[str, str] = {"_file": "VARCHAR", "_row": "BIGINT"}


def complaints(contract: Contract, contracts: Mapping[str, Contract], connection: Duck) -> Iterator[Complaint]:
    """Every broken rule of one contract.  ``contracts``: all of them, for checks that read others."""
    yield from _promises(contract)
    yield from _checks(contract, connection)
    yield from _table_checks(contract, contracts, connection)
    yield from _migrations(contract, connection)


def _promises(contract: Contract) -> Iterator[Complaint]:
    said = {
        "retention": contract.retention, "legal_basis": contract.legal_basis, "history": contract.history,
        "cluster_by": contract.cluster_by, "expectations": contract.rhythm,
    }  # fmt: skip
    for name, value in said.items():
        if not value:
            yield Complaint.at(contract.path, 1, f"contract-{name.replace('_', '-')}", f"{name} is missing")
    for column in contract.columns.values():
        if column.type in NUMBERS and not column.unit:
            yield Complaint.at(contract.path, column.line, "contract-unit", f"{column.name}: a number needs a unit")
        if column.unit == "varies" and not column.note:
            message = f"{column.name}: a unit that varies needs a note that says where it stands"
            yield Complaint.at(contract.path, column.line, "contract-unit", message)
    if contract.expectations.areas != "none" and not contract.area:
        yield Complaint.at(contract.path, 1, "contract-area", "areas are expected, and no column tells the area")


def _checks(contract: Contract, connection: Duck) -> Iterator[Complaint]:
    """Whether every check is a condition over the contract's columns."""
    register_files(connection, contract.dataset, [], {**contract.schema, "delivered_on": "DATE"})
    for one in contract.checks:
        try:
            connection.execute(f'SELECT CAST(({one.sql}) AS BOOLEAN) FROM "{contract.dataset}"')
        except DuckError as error:
            message = f"{one.id}: {str(error).splitlines()[0]}"
            yield Complaint.at(contract.path, one.line, "contract-check", message)


def _table_checks(contract: Contract, contracts: Mapping[str, Contract], connection: Duck) -> Iterator[Complaint]:
    """Whether every table check finds rows of the delivery by file and line."""
    register_files(connection, "delivered", [], {**PLACE, **contract.schema})
    register_files(connection, "pool", [], contract.schema)
    for one in contract.table_checks:
        for name in one.reads:
            register_files(connection, name, [], contracts[name].schema)
        try:
            answer = connection.execute(one.sql)
            names = [column[0] for column in answer.description or []]
            if names[:2] != list(PLACE):
                message = f"{one.id}: must answer _file and _row, answers {', '.join(names)}"
                yield Complaint.at(contract.path, one.line, "contract-check", message)
        except DuckError as error:
            message = f"{one.id}: {str(error).splitlines()[0]}"
            yield Complaint.at(contract.path, one.line, "contract-check", message)
    # Models are looked at on the same connection and may not see what only checks read.
    connection.execute("DROP VIEW delivered; DROP VIEW pool")


def _migrations(contract: Contract, connection: Duck) -> Iterator[Complaint]:
    for one in contract.history:
        if one.migration:
            try:
                connection.execute(f"SELECT json_serialize_sql({_text(one.migration)})")
            except DuckError as error:
                message = f"{one.version}: {str(error).splitlines()[0]}"
                yield Complaint.at(contract.path, one.line, "contract-migration", message)


def _text(sql: str) -> str:
    return "'" + sql.replace("'", "''") + "'"
