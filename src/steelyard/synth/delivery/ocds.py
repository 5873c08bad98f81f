"""The trading platform's tenders as OCDS 1.1 compiled releases; what OCDS lacks stands in ``x_steelyard``."""

import datetime as dt
import json
from typing import Any

from steelyard.synth.chance import Chance
from steelyard.synth.delivery.dirt import Dirt
from steelyard.synth.ledger import Subject
from steelyard.synth.tenders.objects import Bid, Contract, Section, Tender

INTERFACE = "public-trading/tenders"
PREFIX = "ocds-qy9921"
ZONE = "+08:00"
METHODS = {
    "open": "open",
    "invited": "selective",
    "single_source": "limited",
    "negotiated": "limited",
    "direct": "direct",
}
STATUS = {"closed": "complete", "awarded": "active", "failed": "unsuccessful", "cancelled": "cancelled"}


BAD_SHARE = 0.08
BAD_BIDS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("price", "check:price-not-negative", {"value": {"amount": -120000, "currency": "CNY"}}),
    ("submit_time", "type", {"x_steelyard": {"submit_time": "2021-02-30T10:15:00"}}),
    ("reject_reason", "vocabulary", {"status": "disqualified", "x_steelyard": {"reject_reason": "待核实"}}),
    ("price", "type", {"x_steelyard": {"price": "约300"}}),
)
"""Column, rule, and what is wrong with a bid that a clerk entered by hand."""


def release_lines(tenders: list[Tender], file: str, chance: Chance, dirt: Dirt) -> bytes:
    """One compiled release for each tender; some carry a bid entered wrongly, and the last line breaks off."""
    lines = []
    for place, tender in enumerate(tenders):
        release = _release(tender)
        if tender.status == "closed" and chance.yes(BAD_SHARE):
            column, rule, mistake = chance.one(BAD_BIDS)
            section = tender.sections[0]
            bad = _bid(section, section.bids[0], _Parties())
            bad["x_steelyard"] = {"bid_id": f"{section.number}-99", **mistake.get("x_steelyard", {})}
            bad |= {name: value for name, value in mistake.items() if name != "x_steelyard"} | {
                "id": f"{section.number}-99"
            }
            release["bids"]["details"].append(bad)
            dirt.quarantined.append(_told("bid", file, place + 1, column, rule))
        lines.append(json.dumps(release, ensure_ascii=False) + "\n")
    lines.append(lines[0][: len(lines[0]) // 2] + "\n")
    dirt.quarantined.append(_told("tender", file, len(lines), "", "line"))
    dirt.rows += len(lines)
    return "".join(lines).encode()


def _told(dataset: str, file: str, line: int, column: str, rule: str) -> dict[str, Any]:
    return {"interface": INTERFACE, "dataset": dataset, "file": file, "line": line, "column": column, "rule": rule}


def _release(tender: Tender) -> dict[str, Any]:
    parties = _Parties()
    buyer = parties.one(tender.owner, "buyer")
    parties.one(tender.agency, "procuringEntity")
    release: dict[str, Any] = {
        "ocid": f"{PREFIX}-{tender.number}",
        "id": f"{tender.number}-{tender.opened:%Y%m%d}",
        "date": _moment(tender.opened),
        "tag": ["compiled"],
        "initiationType": "tender",
        "language": "zh",
        "buyer": buyer,
        "tender": _tender(tender),
        "bids": {"details": [_bid(section, bid, parties) for section in tender.sections for bid in section.bids]},
        "awards": [_award(section, parties) for section in tender.sections if section.winner],
        "contracts": [_contract(tender, section, section.contract) for section in tender.sections if section.contract],
    }
    release["parties"] = parties.listed
    return release


class _Parties:
    """Each party once, with the roles in which it was met."""

    def __init__(self) -> None:
        self.listed: list[dict[str, Any]] = []
        self._known: dict[str, dict[str, Any]] = {}

    def one(self, subject: Subject, role: str) -> dict[str, str]:
        """Enter a party; returns the reference to it."""
        party = self._known.get(subject.number)
        if party is None:
            party = {
                "id": f"CN-USCC-{subject.number}",
                "name": subject.name,
                "identifier": {"scheme": "CN-USCC", "id": subject.number, "legalName": subject.name},
                "roles": [],
            }
            self._known[subject.number] = party
            self.listed.append(party)
        if role not in party["roles"]:
            party["roles"].append(role)
        return {"id": party["id"], "name": subject.name}


def _moment(when: dt.datetime) -> str:
    return when.isoformat() + ZONE


def _day(when: dt.date | None) -> str | None:
    return when.isoformat() if when else None


def _value(fen: int) -> dict[str, Any]:
    return {"amount": fen // 100 if fen % 100 == 0 else fen / 100, "currency": "CNY"}


def _yuan(fen: int | None) -> str | None:
    return None if fen is None else f"{fen // 100}.{fen % 100:02d}"


def _tender(tender: Tender) -> dict[str, Any]:
    return {
        "id": tender.number,
        "title": tender.name,
        "status": STATUS[tender.status],
        "procurementMethod": METHODS[tender.method],
        "mainProcurementCategory": tender.category,
        "awardCriteria": "priceOnly" if tender.evaluation == "lowest_price" else "ratedCriteria",
        "datePublished": _moment(tender.doc_from),
        "tenderPeriod": {"startDate": _moment(tender.doc_from), "endDate": _moment(tender.deadline)},
        "bidOpening": {"date": _moment(tender.opened)},
        "value": _value(sum(section.ceiling for section in tender.sections)),
        "lots": [_lot(section) for section in tender.sections],
        "x_steelyard": {
            "tender_id": tender.number,
            "project_id": tender.project,
            "owner_org_code": tender.owner.number,
            "owner_org_name": tender.owner.name,
            "agency_uscc": tender.agency.number,
            "agency_name": tender.agency.name,
            "method": tender.method,
            "announce_date": tender.announced.isoformat(),
            "doc_from": tender.doc_from.isoformat(),
            "doc_to": tender.doc_to.isoformat(),
            "bid_deadline": tender.deadline.isoformat(),
            "open_time": tender.opened.isoformat(),
            "category": tender.category,
            "area_code": "339921000000",
            "eval_method": tender.evaluation,
            "officer_id_no": tender.officer.number,
            "officer_name": tender.officer.name,
            "status": tender.status,
        },
    }


def _lot(section: Section) -> dict[str, Any]:
    return {
        "id": section.number,
        "title": section.name,
        "value": _value(section.ceiling),
        "x_steelyard": {
            "section_id": section.number,
            "qual_category": section.qualification,
            "qual_grade": section.grade,
            "period_days": section.days,
            "bond_required": _yuan(section.bond),
        },
    }


def _bid(section: Section, bid: Bid, parties: _Parties) -> dict[str, Any]:
    status = "withdrawn" if bid.withdrawn else "valid" if bid.valid else "disqualified"
    return {
        "id": bid.number,
        "status": status,
        "date": _moment(bid.submitted),
        "relatedLots": [section.number],
        "value": _value(bid.fen),
        "tenderers": [parties.one(bid.firm, "tenderer")],
        "x_steelyard": {
            "bid_id": bid.number,
            "valid": bid.valid,
            "withdrawn": bid.withdrawn,
            "reject_reason": bid.reason,
            "rank": bid.rank,
            "tech_score": f"{bid.technical // 10}.{bid.technical % 10}",
            "credit_score": f"{bid.credit // 10}.{bid.credit % 10}",
            "decrypt_ok": True,
        },
    }


def _award(section: Section, parties: _Parties) -> dict[str, Any]:
    assert section.winner is not None
    shown, to = section.publicity
    return {
        "id": f"DB{section.number}",
        "status": "active",
        "date": f"{_day(section.award_date)}T09:00:00{ZONE}",
        "relatedLots": [section.number],
        "value": _value(section.award_price),
        "suppliers": [parties.one(section.winner.firm, "supplier")],
        "x_steelyard": {
            "award_date": _day(section.award_date),
            "publicity_from": _day(shown),
            "publicity_to": _day(to),
            "candidate_rank": section.winner.rank,
            "award_method": "rank_first",
        },
    }


def _contract(tender: Tender, section: Section, contract: Contract) -> dict[str, Any]:
    return {
        "id": contract.number,
        "awardID": f"DB{section.number}",
        "status": "active" if contract.actual_end is None else "terminated",
        "dateSigned": f"{_day(contract.signed)}T10:00:00{ZONE}",
        "value": _value(contract.fen),
        "x_steelyard": {
            "contract_id": contract.number,
            "section_id": section.number,
            "owner_org_code": tender.owner.number,
            "owner_org_name": tender.owner.name,
            "contractor_no": contract.contractor.number,
            "contractor_name": contract.contractor.name,
            "sign_date": _day(contract.signed),
            "start_date": _day(contract.start),
            "planned_end": _day(contract.planned_end),
            "actual_end": _day(contract.actual_end),
            "pm_person_id_no": contract.pm.number,
            "pm_person_name": contract.pm.name,
            "advance_ratio": f"{contract.advance // 10_000}.{contract.advance % 10_000:04d}",
            "settle_amount": _yuan(contract.settled),
            "publish_date": _day(contract.published),
        },
    }
