"""From one dataset to another: where a reference leads, and by which joins a row finds its area."""

from collections.abc import Iterator, Mapping

from steelyard.contracts.contract import SUBJECT_REGISTERS, Contract, Reference

AREA_CODE = Reference("region", "area_code")
"""Where every area code stands."""


class NoWay(LookupError):
    """A row cannot be led to an area; the message says where the way ends."""


def complaints(contracts: Mapping[str, Contract]) -> Iterator[str]:
    """References and reads that name nothing, and areas that lead nowhere."""
    for contract in contracts.values():
        for column in contract.columns.values():
            told = column.references
            if told and (told.dataset not in contracts or told.column not in contracts[told.dataset].columns):
                message = f"{column.name}: there is no {told.dataset}.{told.column}"
                yield f"{contract.path}:{column.line}: {message}"
        for check in contract.table_checks:
            for name in check.reads:
                if name not in contracts:
                    yield f"{contract.path}:{check.line}: {check.id}: there is no dataset {name}"
        try:
            way(contracts, contract)
        except NoWay as error:
            yield f"{contract.path}:1: area: {error}"


def register_of(contract: Contract, name: str) -> Reference | None:
    """Where the values of a column stand: its reference, or the register of its kind of subject."""
    column = contract.columns[name]
    if column.references:
        return column.references
    if column.subject == "party":
        return Reference("company", "company_id")
    return Reference(*SUBJECT_REGISTERS[column.subject]) if column.subject else None


def way(contracts: Mapping[str, Contract], contract: Contract) -> tuple[tuple[str, Reference], ...]:
    """The joins from a row to its area: column of one dataset, and what it equals in the next.

    Empty where the contract names no area.  The last step ends at the area code of the region table.
    Raises NoWay.
    """
    found: list[tuple[str, Reference]] = []
    at, name = contract, contract.area
    while name and Reference(at.dataset, name) != AREA_CODE:
        if len(found) > len(contracts):
            raise NoWay(f"{contract.area} leads back to {at.dataset}")
        leads = register_of(at, name)
        if leads is None or leads.dataset not in contracts:
            raise NoWay(f"{at.dataset}.{name} leads to no dataset; give it references")
        found.append((name, leads))
        if leads == AREA_CODE:
            break
        at = contracts[leads.dataset]
        if not at.area:
            raise NoWay(f"{at.dataset} names no area")
        name = at.area
    return tuple(found)
