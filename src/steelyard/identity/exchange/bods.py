"""Beneficial Ownership Data Standard 0.4: statements on entities, people, and who owns or leads what.

Kin, employment, agents and shared things have no place in it: such links are left out and counted.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from steelyard.identity.exchange.faults import Faults
from steelyard.identity.exchange.lines import items, lines
from steelyard.identity.exchange.shapes import Bundle, Link, Party, Read
from steelyard.identity.exchange.values import (
    Unreadable,
    day_of,
    fraction_of,
    ordered_shares,
    percent,
    share_of,
    statement,
    text_of,
    told_in,
    whole_of,
)

FILE = "statements.bods.json"
VERSION = "0.4"
_ENTITY = {"company": {"type": "registeredEntity"}, "org": {"type": "stateBody"}}
_ENTITY_KINDS = {
    "registeredEntity": "company", "legalEntity": "company", "arrangement": "org", "state": "org", "stateBody": "org",
    "anonymousEntity": "company", "unknownEntity": "company",
}  # fmt: skip
_SCHEMES = {"resident": "CHN-IDCARD", "credit": "CN-SAIC"}
_BOARD = ("director", "supervisor", "董事", "监事")
_CHAIR = ("chair", "董事长")
_OFFICES = ("seniorManagingOfficial", "boardMember", "boardChair", "appointmentOfBoard", "otherInfluenceOrControl")
_INTEREST_WORDS = (
    "shareholding votingRights appointmentOfBoard otherInfluenceOrControl seniorManagingOfficial settlor trustee "
    "protector beneficiaryOfLegalArrangement rightsToSurplusAssetsOnDissolution rightsToProfitOrIncome "
    "rightsGrantedByContract conditionalRightsGrantedByContract controlViaCompanyRulesOrArticles "
    "controlByLegalFramework boardMember boardChair unknownInterest unpublishedInterest enjoymentAndUseOfAssets "
    "rightToProfitOrIncomeFromAssets nominee nominator"
)
_INTERESTS = frozenset(_INTEREST_WORDS.split())


def carries(link: Link, kinds: Mapping[str, str]) -> bool:
    """Whether the format has a place for a link: somebody owns or leads a body."""
    return link.kind in ("ownership", "office") and kinds[link.b] != "person"


def write(bundle: Bundle, folder: Path) -> list[Path]:
    """Write one file; links that the format does not carry must be out of the bundle."""
    entities = [_party(party, bundle) for party in bundle.parties if party.kind != "person"]
    people = [_party(party, bundle) for party in bundle.parties if party.kind == "person"]
    made = [*entities, *people, *(_link(link, bundle) for link in bundle.links)]
    path = folder / FILE
    path.write_text(json.dumps(made, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return [path]


def _party(party: Party, bundle: Bundle) -> dict[str, Any]:
    details: dict[str, Any] = {"isComponent": False}
    if party.kind == "person":
        details |= {"personType": "knownPerson", "names": [{"type": "legal", "fullName": party.name}]}
    else:
        details |= {"entityType": _ENTITY[party.kind], "name": party.name}
    if party.number:
        details["identifiers"] = [{"scheme": _SCHEMES[party.number_kind], "id": party.number}]
    sure = ["thirdParty" if party.tier == "source" else "officialRegister"]
    source = {"type": sure, "description": statement(tier=party.tier)}
    kind = "person" if party.kind == "person" else "entity"
    return _statement(party.id, kind, party.id, details, source, bundle)


def _link(link: Link, bundle: Bundle) -> dict[str, Any]:
    interest: dict[str, Any] = {
        "type": _interest(link),
        "directOrIndirect": "direct",
        "details": statement(basis=link.basis, role=link.role, degree=link.degree, confidence=link.confidence,
                             kind=link.kind),
    }  # fmt: skip
    if link.share is not None:
        least = float(percent(link.share))
        ends = {"exact": least} if link.most is None else {"minimum": least, "maximum": float(percent(link.most))}
        interest["share"] = ends
    interest |= {"startDate": str(link.from_date)} if link.from_date else {}
    interest |= {"endDate": str(link.to_date)} if link.to_date else {}
    details = {"isComponent": False, "subject": link.b, "interestedParty": link.a, "interests": [interest]}
    source = {
        "type": ["thirdParty" if link.tier == "source" else "officialRegister"],
        "description": statement(tier=link.tier, dataset=link.dataset, proof=link.proof),
    }
    return _statement(link.id, "relationship", link.b, details, source, bundle)


def _interest(link: Link) -> str:
    if link.kind == "ownership":
        return "shareholding"
    role = (link.role or "").lower()
    if any(word in role for word in _CHAIR):
        return "boardChair"
    if any(word in role for word in _BOARD):
        return "boardMember"
    return "otherInfluenceOrControl" if link.basis == "declared" else "seniorManagingOfficial"


def _statement(
    record: str, kind: str, subject: str, details: dict[str, Any], source: dict[str, Any], bundle: Bundle
) -> dict[str, Any]:
    made = {
        "declaration": f"{bundle.publisher}/{subject}",
        "declarationSubject": subject,
        "statementDate": bundle.made_on.isoformat(),
        "publicationDetails": {
            "publicationDate": bundle.made_on.isoformat(),
            "bodsVersion": VERSION,
            "publisher": {"name": bundle.publisher},
        },
        "source": {name: value for name, value in source.items() if value},
        "recordId": record,
        "recordStatus": "new",
        "recordType": kind,
        "recordDetails": details,
    }
    # The same statement has the same identifier, whenever it is written.
    said = json.dumps(made, sort_keys=True, ensure_ascii=False).encode()
    return {"statementId": hashlib.sha256(said).hexdigest()[:40], **made}


# -- reading -------------------------------------------------------------------------------------------------------


def read(path: Path) -> Read:
    """The last statement on each record.  Raises FileRefused."""
    faults, found = Faults(path.name), Read()
    with path.open("rb") as file:
        array = file.read(64).removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"[")
    newest: dict[str, _Statement] = {}
    seen: dict[str, dict[str, Any]] = {}
    for line, said in (items if array else lines)(path, faults):
        one = _Statement(line, said, faults)
        if one.id and seen.setdefault(one.id, said) != said:
            faults.note(line, "statementId", f"{one.id!r} stands for two different statements")
        before = newest.get(one.record)
        if before and before.kind != one.kind:
            faults.note(line, "recordType", f"record {one.record!r} was {before.kind} on line {before.line}")
        if before is None or one.date >= before.date:
            newest[one.record] = one
    for one in newest.values():
        _take(one, found)
    faults.settle()
    return found


class _Statement:
    """One statement: its values by path, faults noted where they cannot be read."""

    def __init__(self, line: int, said: Mapping[str, Any], faults: Faults) -> None:
        self.line, self.said, self.faults = line, said, faults
        self.id = self.get("statementId")
        self.record = self.get("recordId")
        self.kind = self.get("recordType")
        for field in ("statementId", "recordId", "recordType"):
            if not said.get(field):
                faults.note(line, field, "is missing")
        if self.kind and self.kind not in ("entity", "person", "relationship"):
            faults.note(line, "recordType", f"{self.kind!r} is no type of record of BODS {VERSION}")
        version = self.get("publicationDetails.bodsVersion")
        if version and version != VERSION:
            faults.note(line, "publicationDetails.bodsVersion", f"is {version!r}; what is read is {VERSION}")
        self.date = str(self.get("statementDate", day_of) or "")

    def raw(self, path: str, where: Any = None) -> Any:
        """What stands at a path; None where nothing does."""
        at = self.said if where is None else where
        for name in path.split("."):
            at = at.get(name) if isinstance(at, dict) else None
        return at

    def get(self, path: str, form: Any = text_of, where: Any = None, **more: Any) -> Any:
        """A value in a form; None or '' where it is absent or wrong."""
        try:
            return form(self.raw(path, where), **more)
        except Unreadable as error:
            self.faults.note(self.line, path, str(error))
            return form(None, **more)

    def listed(self, path: str, where: Any = None) -> list[dict[str, Any]]:
        """The objects of a list."""
        found = self.raw(path, where)
        if found is not None and (not isinstance(found, list) or not all(isinstance(one, dict) for one in found)):
            self.faults.note(self.line, path, "is no list of objects")
            return []
        return found or []


def _take(one: _Statement, found: Read) -> None:
    if not found.publisher:
        found.publisher = one.get("publicationDetails.publisher.name")
        found.made_on = one.get("publicationDetails.publicationDate", day_of)
    if one.kind in ("entity", "person"):
        found.parties.append((one.line, _party_of(one)))
    elif one.kind == "relationship":
        _take_relationship(one, found)


def _party_of(one: _Statement) -> Party:
    if one.kind == "person":
        names = one.listed("recordDetails.names")
        kind, name = "person", one.get("fullName", where=names[0]) if names else ""
    else:
        kind, name = _ENTITY_KINDS.get(one.get("recordDetails.entityType.type"), ""), one.get("recordDetails.name")
        if not kind:
            one.faults.note(one.line, "recordDetails.entityType.type", "is missing or no type of BODS")
    number_kind = number = ""
    for identifier in one.listed("recordDetails.identifiers"):
        for known, scheme in _SCHEMES.items():
            if identifier.get("scheme") == scheme:
                number_kind, number = known, one.get("id", where=identifier)
    told = told_in(one.get("source.description"))
    return Party(one.record, kind, name, told.get("tier", "source"), number_kind, number)


def _take_relationship(one: _Statement, found: Read) -> None:
    ends = one.raw("recordDetails.interestedParty"), one.raw("recordDetails.subject")
    if any(isinstance(end, dict) for end in ends):
        found.leave_out("relationship with somebody unspecified")
        return
    if one.said.get("recordStatus") == "closed":
        found.leave_out("closed relationship")
        return
    start, end = one.get("recordDetails.interestedParty"), one.get("recordDetails.subject")
    for field, value in (("interestedParty", start), ("subject", end)):
        if not value:
            one.faults.note(one.line, f"recordDetails.{field}", "is missing")
    taken = 0
    for interest in one.listed("recordDetails.interests"):
        kind = _kind_of(one, interest, found)
        if kind:
            taken += 1
            name = one.record if taken == 1 else f"{one.record}#{taken}"
            found.links.append((one.line, _link_of(one, interest, name, kind, start, end)))


def _kind_of(one: _Statement, interest: dict[str, Any], found: Read) -> str:
    """ownership, office, or '' for what says nothing of ties, or says it twice."""
    said = one.get("type", where=interest)
    if said not in _INTERESTS:
        one.faults.note(one.line, "recordDetails.interests.type", f"{said!r} is no interest of BODS {VERSION}")
        return ""
    if interest.get("directOrIndirect") == "indirect":
        found.leave_out("indirect interest")
        return ""
    if said == "shareholding":
        return "ownership"
    if said in _OFFICES:
        return "office"
    found.leave_out(f"interest {said}")
    return ""


def _link_of(one: _Statement, interest: dict[str, Any], name: str, kind: str, start: str, end: str) -> Link:
    told = told_in(one.get("details", where=interest))
    source = told_in(one.get("source.description"))
    ours = told.get("kind") == kind
    least, most = _shares(one, interest)
    return Link(
        name, kind, start, end,
        told.get("basis", "") if ours else str(interest["type"]),
        (told.get("role") if ours else interest["type"]) or None,
        one.get("degree", whole_of, told, least=-128, greatest=127), least, most,
        one.get("startDate", day_of, interest), one.get("endDate", day_of, interest, last=True),
        one.get("confidence", fraction_of, told), source.get("tier", "source"), source.get("dataset", ""),
        source.get("proof", ""),
    )  # fmt: skip


def _shares(one: _Statement, interest: dict[str, Any]) -> tuple[float | None, float | None]:
    """Exact, or the ends of a range; an end that is excluded is taken for one that is not."""
    ends: list[float | None] = []
    for names in (("exact",), ("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        listed = [one.get(f"share.{name}", share_of, interest) for name in names]
        ends.append(next((value for value in listed if value is not None), None))
    try:
        return (ends[0], None) if ends[0] is not None else ordered_shares(ends[1], ends[2])
    except Unreadable as error:
        one.faults.note(one.line, "recordDetails.interests.share", str(error))
        return None, None
