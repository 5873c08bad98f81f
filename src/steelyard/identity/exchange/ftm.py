"""FollowTheMoney: one entity on each line, parties and links alike."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from steelyard.identity.exchange.faults import Faults
from steelyard.identity.exchange.lines import lines
from steelyard.identity.exchange.shapes import Bundle, Link, Party, Read
from steelyard.identity.exchange.values import (
    Unreadable,
    day_of,
    fraction_of,
    percent_text,
    shares_of,
    statement,
    text_of,
    told_in,
    whole_of,
)

FILE = "entities.ftm.json"
_SCHEMA = {"person": "Person", "company": "Company", "org": "Organization"}
_PARTIES = {"Person": "person", "Company": "company", "Organization": "org", "PublicBody": "org", "LegalEntity": "org"}
_ENDS = {
    "Ownership": ("owner", "asset"),
    "Directorship": ("director", "organization"),
    "Employment": ("employee", "employer"),
    "Family": ("person", "relative"),
    "Representation": ("client", "agent"),
    "UnknownLink": ("subject", "object"),
}
"""Properties of the two ends, in the direction in which ties are told here."""
_LINKS = {
    "ownership": ("Ownership", ("person", "company", "org"), ("company",)),
    "office": ("Directorship", ("person", "company", "org"), ("company", "org")),
    "employment": ("Employment", ("person",), ("company", "org")),
    "kin": ("Family", ("person",), ("person",)),
    "agent": ("Representation", ("person", "company", "org"), ("person", "company", "org")),
}
"""The schema of a kind, and what its ends must be; any other link is an UnknownLink."""
_KIND_OF = {schema: kind for kind, (schema, _, _) in _LINKS.items()}
_NUMBERS = {"resident": "idNumber", "credit": "uscCode"}
_OTHER_WORDS = (
    "Address Airplane Analyzable Annotation Article Asset Assessment Associate Audio BankAccount Call CallForTenders "
    "Contract ContractAward Control CourtCase CourtCaseParty CryptoWallet Debt Document Documentation EconomicActivity "
    "Email Event Folder HyperText Identification Image Interest Interval License Membership Mention Message Note "
    "Occupancy Package Page Pages Passport Payment PlainText Position Post Project ProjectParticipant RealEstate Risk "
    "Sanction Security Similar Succession Table TaxRoll Territory Thing Trip UserAccount Value Vehicle Vessel Video "
    "Workbook"
)
_OTHERS = frozenset(_OTHER_WORDS.split())
"""Schemata of the standard that say nothing of ties: such entities are counted and left out."""


def carries(link: Link, kinds: Mapping[str, str]) -> bool:
    """Whether the format has a place for a link: for every one."""
    return True


def write(bundle: Bundle, folder: Path) -> list[Path]:
    """Write one file."""
    kinds = {party.id: party.kind for party in bundle.parties}
    entities = [_party(party, bundle) for party in bundle.parties]
    entities += [_link(link, bundle, kinds) for link in bundle.links]
    path = folder / FILE
    path.write_text(
        "".join(json.dumps(entity, ensure_ascii=False, sort_keys=True) + "\n" for entity in entities), encoding="utf-8"
    )
    return [path]


def _party(party: Party, bundle: Bundle) -> dict[str, Any]:
    told = {
        "name": party.name,
        "notes": statement(tier=party.tier),
        "publisher": bundle.publisher,
        "retrievedAt": bundle.made_on.isoformat(),
        _NUMBERS.get(party.number_kind, ""): party.number,
    }
    return _entity(party.id, _SCHEMA[party.kind], told)


def _link(link: Link, bundle: Bundle, kinds: Mapping[str, str]) -> dict[str, Any]:
    schema, starts, ends = _LINKS.get(link.kind, ("UnknownLink", _SCHEMA, _SCHEMA))
    if kinds[link.a] not in starts or kinds[link.b] not in ends:
        schema = "UnknownLink"
    owns = schema == "Ownership" and link.share is not None
    share = "" if link.share is None else percent_text(link.share, link.most)
    said = statement(
        tier=link.tier, dataset=link.dataset, kind=link.kind, basis=link.basis, degree=link.degree,
        confidence=link.confidence, share="" if owns else share, proof=link.proof,
    )  # fmt: skip
    told = {
        _ENDS[schema][0]: link.a,
        _ENDS[schema][1]: link.b,
        "relationship" if schema == "Family" else "role": link.role or "",
        "percentage": share if owns else "",
        "startDate": str(link.from_date or ""),
        "endDate": str(link.to_date or ""),
        "recordId": link.id,
        "summary": said,
        "publisher": bundle.publisher,
        "retrievedAt": bundle.made_on.isoformat(),
    }
    return _entity(link.id, schema, told)


def _entity(name: str, schema: str, told: Mapping[str, str]) -> dict[str, Any]:
    properties = {field: [value] for field, value in told.items() if field and value}
    return {"id": name, "schema": schema, "properties": properties}


# -- reading -------------------------------------------------------------------------------------------------------


def read(path: Path) -> Read:
    """Raises FileRefused."""
    faults, found = Faults(path.name), Read()
    for line, entity in lines(path, faults):
        one = _Entity(line, entity, faults)
        if one.schema in _PARTIES:
            _read_party(one, found)
        elif one.schema in _ENDS:
            _read_link(one, found)
        elif one.schema in _OTHERS:
            found.leave_out(one.schema)
        elif one.schema:
            faults.note(line, "schema", f"{one.schema!r} is no schema of FollowTheMoney")
    faults.settle()
    return found


class _Entity:
    """One line: its values by field, faults noted where they cannot be read."""

    def __init__(self, line: int, said: Mapping[str, Any], faults: Faults) -> None:
        self.line, self.faults = line, faults
        self.id = self._own(said, "id")
        self.schema = self._own(said, "schema")
        properties = said.get("properties", {})
        if not isinstance(properties, dict):
            faults.note(line, "properties", "is no object")
            properties = {}
        self.properties = properties

    def _own(self, said: Mapping[str, Any], field: str) -> str:
        value = said.get(field)
        if not isinstance(value, str) or not value.strip() or len(value) > 200:
            self.faults.note(self.line, field, "is missing, no text, or longer than 200 characters")
            return ""
        return value

    def get(self, field: str, form: Any = text_of, **more: Any) -> Any:
        """The first value of a property in a form; None or '' where it is absent or wrong."""
        values = self.properties.get(field, [])
        values = values if isinstance(values, list) else [values]
        try:
            first = text_of(values[0] if values else None, 20_000)
            return form(first, **more)
        except Unreadable as error:
            self.faults.note(self.line, f"properties.{field}", str(error))
            return form("", **more)


def _read_party(one: _Entity, found: Read) -> None:
    told = told_in(one.get("notes"))
    number_kind = next((kind for kind, field in _NUMBERS.items() if one.properties.get(field)), "")
    number = one.get(_NUMBERS[number_kind]) if number_kind else ""
    _note_file(one, found)
    found.parties.append(
        (
            one.line,
            Party(one.id, _PARTIES[one.schema], one.get("name"), told.get("tier", "source"), number_kind, number),
        )
    )


def _read_link(one: _Entity, found: Read) -> None:
    told = told_in(one.get("summary"))
    kind = told.get("kind") or _KIND_OF.get(one.schema, "")
    if not kind:
        found.leave_out(f"{one.schema} that says no kind")
        return
    start, end = (one.get(field) for field in _ENDS[one.schema])
    for field, value in zip(_ENDS[one.schema], (start, end), strict=True):
        if not value:
            one.faults.note(one.line, f"properties.{field}", "is missing")
    degree, confidence, shares = _stated(one, told)
    if one.properties.get("percentage"):
        shares = one.get("percentage", shares_of)
    role = one.get("relationship" if one.schema == "Family" else "role")
    _note_file(one, found)
    found.links.append(
        (
            one.line,
            Link(
                one.id, kind, start, end, told.get("basis", ""), role or None, degree, share=shares[0], most=shares[1],
                from_date=one.get("startDate", day_of), to_date=one.get("endDate", day_of, last=True),
                tier=told.get("tier", "source"), dataset=told.get("dataset", ""), proof=told.get("proof", ""),
                confidence=confidence,
            ),
        )
    )  # fmt: skip


def _stated(one: _Entity, told: Mapping[str, str]) -> tuple[Any, Any, tuple[float | None, float | None]]:
    """Degree, confidence and shares that the summary states."""
    try:
        return (
            whole_of(told.get("degree"), -128, 127),
            fraction_of(told.get("confidence")),
            shares_of(told.get("share", "")),
        )
    except Unreadable as error:
        one.faults.note(one.line, "properties.summary", str(error))
        return None, None, (None, None)


def _note_file(one: _Entity, found: Read) -> None:
    if not found.publisher:
        found.publisher = one.get("publisher")
        found.made_on = one.get("retrievedAt", day_of)
