"""One contracting process and the rows it becomes."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from steelyard.sources.json_files import scalar
from steelyard.sources.ocds_parties import Parties

Row = dict[str, str | None]

METHODS = {"open": "open", "selective": "invited", "limited": "negotiated", "direct": "direct"}
CATEGORIES = ("goods", "services", "works")
CRITERIA = {
    "priceOnly": "lowest_price",
    "lowestCost": "lowest_price",
    "ratedCriteria": "comprehensive",
    "qualityOnly": "comprehensive",
    "bestProposal": "comprehensive",
    "bestValueToGovernment": "comprehensive",
}
VALID = {"valid": "true", "qualified": "true", "active": "true", "disqualified": "false", "not-qualified": "false"}
"""The standard's words, and those of publishers who call a valid bid qualified or active."""
PLANNING = {"planning", "planningUpdate"}
STATUSES = {
    "active": "announced",
    "cancelled": "cancelled",
    "withdrawn": "cancelled",
    "unsuccessful": "failed",
}
FINAL_AWARD = ("active", "")
EXTENSION = "x_steelyard"
_ISO_DAY = re.compile(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}")


def objects(container: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """The objects of a list; a single object counts as a list of one, anything else is left out."""
    value = container.get(name)
    if isinstance(value, dict):
        return [value]
    return [part for part in value if isinstance(part, dict)] if isinstance(value, list) else []


def inner(container: Mapping[str, Any], *path: str) -> dict[str, Any]:
    """The object at a path, an empty one where there is none."""
    value: Any = container
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def word(container: Mapping[str, Any], name: str) -> str | None:
    """One value as text, None where it is empty."""
    value = container.get(name)
    text = None if isinstance(value, list | dict) else scalar(value)
    return text.strip() or None if text else None


def day(text: str | None) -> str | None:
    """The date of a date or date-time; other text stays, so that its contract can refuse it."""
    return text[:10] if text and _ISO_DAY.match(text) else text


def merged(releases: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Releases of one process as one, later ones over earlier ones; lists of objects are joined by id."""
    found: dict[str, Any] = {}
    for release in sorted(releases, key=lambda release: str(release.get("date") or "")):
        found = _over(found, release)
    return found


def _over(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    found = dict(old)
    for name, value in new.items():
        before = found.get(name)
        if isinstance(before, dict) and isinstance(value, dict):
            found[name] = _over(before, value)
        elif _has_ids(before) and _has_ids(value):
            by_id = {str(part["id"]): part for part in before or ()}
            for part in value:
                by_id[str(part["id"])] = _over(by_id.get(str(part["id"]), {}), part)
            found[name] = list(by_id.values())
        elif value is not None:
            found[name] = value
    return found


def _has_ids(value: Any) -> bool:
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(part, dict) and part.get("id") is not None for part in value)
    )


def _lasting(days: str | None) -> str | None:
    """Days with the first and the last: a duration of the standard lies between them.

    Publishers write 0 or less where they know none.
    """
    if not days or not days.lstrip("-").isdigit():
        return days
    return str(int(days) + 1) if int(days) > 0 else None


@dataclass(frozen=True)
class Process:
    """One ocid with everything a file says about it."""

    row: int
    publisher: str
    publisher_name: str
    release: dict[str, Any]

    @property
    def ocid(self) -> str:
        return str(self.release["ocid"])

    @cached_property
    def tender(self) -> dict[str, Any]:
        return inner(self.release, "tender")

    @cached_property
    def parties(self) -> "Parties":
        return Parties(self.publisher, objects(self.release, "parties"))

    def bids(self) -> list[dict[str, Any]]:
        """Submitted bids; who was only invited has not bid."""
        container = self.release.get("bids")
        details = objects(container, "details") if isinstance(container, dict) else objects(self.release, "bids")
        return [bid for bid in details if bid.get("status") != "invited"]

    def awards(self) -> list[dict[str, Any]]:
        return objects(self.release, "awards")

    def contracts(self) -> list[dict[str, Any]]:
        return objects(self.release, "contracts")

    @property
    def is_plan(self) -> bool:
        """Whether nothing but planning was published: an empty tender would lower the publisher's fill."""
        said = self.release.get("tag")
        tags = {said} if isinstance(said, str) else {str(tag) for tag in said} if isinstance(said, list) else set()
        return bool(tags) and tags <= PLANNING and not (self.bids() or self.awards() or self.contracts())

    # -- rows ------------------------------------------------------------------------------

    def rows(self, area: str | None) -> Iterator[tuple[str, Row]]:
        """Dataset and row, in the order of the contracts; a plan without a tender gives none."""
        if self.is_plan:
            return
        sections = self.sections()
        awarded = self._awarded(sections)
        yield "tender", self._tender(area, bool(awarded))
        for row in sections.values():
            yield "tender_section", row
        for section in self._split_sections(sections, awarded):
            yield "tender_section", section
        for row in self._bids(sections):
            yield "bid", row
        for _, row in awarded:
            yield "award", row
        for row in self._contracts(sections, awarded):
            yield "tender_contract", row

    def _extended(self, row: Row, container: Mapping[str, Any]) -> Row:
        extension = container.get(EXTENSION)
        return row | {str(k): scalar(v) for k, v in extension.items()} if isinstance(extension, dict) else row

    @cached_property
    def _tender_id(self) -> str:
        return word(inner(self.tender, EXTENSION), "tender_id") or self.ocid

    def owner(self) -> tuple[str | None, str | None]:
        """Number and name of the buyer, else of the procuring entity."""
        buyer = inner(self.release, "buyer") or inner(self.tender, "procuringEntity")
        return self.parties.known(buyer)

    def _tender(self, area: str | None, awarded: bool) -> Row:
        tender, (code, name) = self.tender, self.owner()
        status = word(tender, "status")
        period = inner(tender, "tenderPeriod")
        category = word(tender, "mainProcurementCategory")
        return self._extended(
            {
                "tender_id": self._tender_id,
                "project_id": self._project(),
                "owner_org_code": code,
                "owner_org_name": name,
                "method": METHODS.get(word(tender, "procurementMethod") or ""),
                "announce_date": day(word(tender, "datePublished") or word(period, "startDate")),
                "doc_from": word(period, "startDate"),
                "bid_deadline": word(period, "endDate"),
                # Bids are opened when deciding begins; publishers without an opening give that instant.
                "open_time": word(inner(tender, "bidOpening"), "date")
                or word(inner(tender, "awardPeriod"), "startDate"),
                "category": category if category in CATEGORIES else None,
                "area_code": area,
                "eval_method": CRITERIA.get(word(tender, "awardCriteria") or ""),
                "status": ("awarded" if awarded else "closed") if status == "complete" else STATUSES.get(status or ""),
            },
            tender,
        )

    def _project(self) -> str | None:
        """The publisher's own project number, kept apart from those of other publishers."""
        planning = inner(self.release, "planning")
        number = word(inner(planning, "project"), "id") or word(inner(planning, "budget"), "projectID")
        return f"{self.publisher}:{number}" if number else None

    def sections(self) -> dict[str, Row]:
        """One row a lot by the lot's id; a tender without lots is one section under the empty id."""
        lots = [lot for lot in objects(self.tender, "lots") if word(lot, "id")]
        if not lots:
            return {"": self._section(self.ocid, self.tender, self.tender)}
        return {str(word(lot, "id")): self._section(f"{self.ocid}/{word(lot, 'id')}", lot, lot) for lot in lots}

    def _section(self, section_id: str, said: Mapping[str, Any], extension: Mapping[str, Any]) -> Row:
        value = inner(said, "value")
        category = word(self.tender, "mainProcurementCategory")
        row: Row = {
            "section_id": section_id,
            "tender_id": self._tender_id,
            "currency": word(value, "currency") or word(inner(self.tender, "value"), "currency"),
            "name": word(said, "title") or word(self.tender, "title"),
            "category": category if category in CATEGORIES else None,
            "ceiling_price": word(value, "amount"),
            "period_days": _lasting(word(inner(said, "contractPeriod"), "durationInDays")),
        }
        # Without lots the tender's own block belongs to the tender; sections have one only as lots.
        return row if said is self.tender else self._extended(row, extension)

    def _lots_of(self, said: Mapping[str, Any], sections: Mapping[str, Row]) -> list[str]:
        """Ids of the sections something belongs to: its related lots, else the only section there is."""
        value = said.get("relatedLots") or said.get("relatedLot") or said.get("lotID")
        named = [str(lot) for lot in value] if isinstance(value, list) else [str(value)] if value else []
        known = [lot for lot in dict.fromkeys(named) if lot in sections]
        return known or (list(sections) if len(sections) == 1 else [])

    def _bids(self, sections: Mapping[str, Row]) -> Iterator[Row]:
        bids = self.bids()
        ids = _distinct([word(bid, "id") for bid in bids])
        for bid, bid_id in zip(bids, ids, strict=True):
            lots: list[str | None] = [*self._lots_of(bid, sections)] or [None]
            for lot in lots:
                suffix = f"/{lot}" if len(lots) > 1 else ""
                yield self._bid(bid, f"{self.ocid}/{bid_id}{suffix}", sections.get(lot) if lot is not None else None,
                                priced=len(lots) == 1)  # fmt: skip

    def _bid(self, bid: Mapping[str, Any], bid_id: str, section: Row | None, *, priced: bool) -> Row:
        number, name = self.parties.joint(objects(bid, "tenderers"))
        value, status = inner(bid, "value"), word(bid, "status")
        return self._extended(
            {
                "bid_id": bid_id,
                "section_id": section["section_id"] if section else None,
                "currency": word(value, "currency"),
                "bidder_no": number,
                "bidder_name": name,
                # One price for several lots is the price of none of them.
                "price": word(value, "amount") if priced else None,
                "submit_time": word(bid, "date"),
                "valid": VALID.get(status or ""),
                "withdrawn": "true" if status == "withdrawn" else None,
            },
            bid,
        )

    # -- awards and contracts --------------------------------------------------------------

    def _awarded(self, sections: Mapping[str, Row]) -> list[tuple[str, Row]]:
        """Award id and row of every final award, once a section."""
        awards = [award for award in self.awards() if (word(award, "status") or "") in FINAL_AWARD]
        awards = [award for award in awards if objects(award, "suppliers") or inner(award, "value")]
        ids = _distinct([word(award, "id") for award in awards])
        lots_of = [self._lots_of(award, sections) for award in awards]
        placed = list(zip(awards, ids, lots_of, strict=True))
        often = Counter(lot for _, _, lots in placed for lot in lots)
        found = []
        for award, award_id, lots in placed:
            places: list[str | None] = [*lots] or [None]
            for lot in places:
                section = sections[lot]["section_id"] if lot is not None else f"{self.ocid}#{award_id}"
                if lot is not None and often[lot] > 1:
                    section = f"{section}#{award_id}"
                found.append((award_id, self._award(award, section, priced=len(lots) < 2)))
        return found

    def _award(self, award: Mapping[str, Any], section: str | None, *, priced: bool) -> Row:
        number, name = self.parties.joint(objects(award, "suppliers"))
        value, standstill = inner(award, "value"), inner(award, "standstillPeriod")
        return self._extended(
            {
                "section_id": section,
                "currency": word(value, "currency"),
                "winner_no": number,
                "winner_name": name,
                "award_price": word(value, "amount") if priced else None,
                "award_date": day(word(award, "date")),
                "publicity_from": day(word(standstill, "startDate")),
                "publicity_to": day(word(standstill, "endDate")),
            },
            award,
        )

    def _split_sections(self, sections: Mapping[str, Row], awarded: Sequence[tuple[str, Row]]) -> Iterator[Row]:
        """Sections of their own for awards that share one: which of them won the bids there nobody says."""
        known = {row["section_id"] for row in sections.values()}
        for _, award in awarded:
            section = award["section_id"]
            if section and section not in known:
                known.add(section)
                yield {
                    "section_id": section,
                    "tender_id": self._tender_id,
                    "currency": award["currency"],
                    "name": word(self.tender, "title"),
                    "category": next(iter(sections.values()))["category"],
                }

    def _contracts(self, sections: Mapping[str, Row], awarded: Sequence[tuple[str, Row]]) -> Iterator[Row]:
        contracts = self.contracts()
        by_award: dict[str, list[Row]] = {}
        for award_id, row in awarded:
            by_award.setdefault(award_id, []).append(row)
        for contract, contract_id in zip(
            contracts, _distinct([word(contract, "id") for contract in contracts]), strict=True
        ):
            of = by_award.get(word(contract, "awardID") or "", [])
            yield self._contract(contract, f"{self.ocid}/{contract_id}", of, sections)

    def _contract(
        self, contract: Mapping[str, Any], contract_id: str, awards: Sequence[Row], sections: Mapping[str, Row]
    ) -> Row:
        number, name = self.parties.joint(objects(contract, "suppliers"))
        award = awards[0] if len(awards) == 1 else None
        if awards and (number is None or _same_names(name, awards[0]["winner_name"])):
            # The same supplier may stand under another number in the contract: the award's one is kept.
            number, name = awards[0]["winner_no"], awards[0]["winner_name"]
        code, owner = self.owner()
        lots = self._lots_of(contract, sections)
        section = award["section_id"] if award else sections[lots[0]]["section_id"] if len(lots) == 1 else None
        period, value = inner(contract, "period"), inner(contract, "value")
        return self._extended(
            {
                "contract_id": contract_id,
                "section_id": section,
                "currency": word(value, "currency"),
                "owner_org_code": code,
                "owner_org_name": owner,
                "contractor_no": number,
                "contractor_name": name,
                "amount": word(value, "amount"),
                "sign_date": day(word(contract, "dateSigned")),
                "start_date": day(word(period, "startDate")),
                "planned_end": day(word(period, "endDate")),
            },
            contract,
        )

    # -- bodies ----------------------------------------------------------------------------

    def bodies(self, area: str) -> Iterator[tuple[str, str, Row]]:
        """Dataset, code and row: the publisher as a region, its two bodies, and the buyer."""
        called = self.publisher_name
        yield "region", area, {"area_code": area, "name": called, "level": "province"}
        kinds = (("discipline", "监督机构 supervisory body"), ("public_trading", "交易监管机构 procurement regulator"))
        for kind, title in kinds:
            body = f"src:{self.publisher}:body:{kind}"
            yield "org", body, _body(body, f"{called} · {title}", kind, area)
        code, name = self.owner()
        if code and name:
            yield "org", code, _body(code, name, "project_owner", area)


def _body(code: str, name: str, kind: str, area: str) -> Row:
    return {"org_code": code, "org_name": name, "name": name, "org_type": kind, "level": "province", "area_code": area}


def _same_names(one: str | None, other: str | None) -> bool:
    """Whether two parties, or two groups of them, are called alike."""
    names = [{name.strip().casefold() for name in (said or "").split("、") if name.strip()} for said in (one, other)]
    return bool(names[0]) and names[0] == names[1]


def _distinct(ids: Sequence[str | None]) -> list[str]:
    """Ids made distinct: a missing one is its position, a repeated one gets a number."""
    seen: Counter[str] = Counter()
    found = []
    for position, said in enumerate(ids, 1):
        name = said or f"n{position}"
        seen[name] += 1
        found.append(name if seen[name] == 1 else f"{name}~{seen[name]}")
    return found
