"""What was made is entered in the books: registers of people and firms, posts, and the trading platform's tables."""

import datetime as dt

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from steelyard.synth.county import County
from steelyard.synth.firms import WORKS
from steelyard.synth.ledger import Columns, Named, Yuan
from steelyard.synth.tenders.market import Market, day
from steelyard.synth.tenders.objects import Bid, Contract, Section, Tender


def enter_all(county: County, market: Market) -> None:
    """Fill the ledger from the county's people, firms, offices and tenders."""
    _rename(county)
    county.ledger.registers["person"] = _population(county)
    _places(county)
    _offices(county)
    _firms(county)
    _qualifications(county, market)
    _experts(county, market)
    for tender in market.tenders:
        _tender(county, tender)


def _rename(county: County) -> None:
    """Names that people bear in the story replace the drawn ones in the register."""
    people = county.people
    names = people.name.to_pylist()
    for index, name in people.renamed.items():
        names[index] = name
    people.name = pa.array(names, pa.string())


def _population(county: County) -> Columns:
    people = county.people
    codes = pa.array([village.code for village in county.places.villages])
    names = pa.array([village.name for village in county.places.villages])
    at = pa.array(people.village)
    household = pa.array(people.household).cast(pa.string())
    line = np.arange(len(people)) + 100_000_000
    for father, son in people.one_phone():
        line[son] = line[father]
    serial = pa.array(line).cast(pa.string())
    door = pa.array(people.household % 341 + 1).cast(pa.string())
    number = pa.array(people.number).cast(pa.string())
    return Columns(
        plain={
            "name": people.name,
            "sex": pa.array(["female", "male"]).take(pa.array(people.male.astype(np.int64))),
            "birth_date": pa.array(people.born.astype("datetime64[D]")).cast(pa.string()),
            "hukou_village_code": codes.take(at),
            "household_id": pc.binary_join_element_wise("H", household, ""),
            "phone": pc.binary_join_element_wise("13", serial, ""),
            "address": pc.binary_join_element_wise(names.take(at), door, "号", ""),
            "status": pa.array(["dead", "alive"]).take(pa.array(people.alive.astype(np.int64))),
        },
        subjects={"person_id": (number, people.name)},
    )


def _places(county: County) -> None:
    for code, name, level, parent in county.places.regions():
        county.ledger.enter("region", area_code=code, name=name, level=level, parent_code=parent)
    for body in county.places.bodies:
        county.ledger.enter(
            "org",
            org_id=body,
            name=body.name,
            org_type=body.org_type,
            level=body.level,
            area_code=body.area,
            parent_org_id=body.parent,
        )


def _offices(county: County) -> None:
    for term in county.offices.terms:
        county.ledger.enter(
            "official",
            person_id=term.person,
            org_id=term.body,
            village_code=term.village,
            position=term.position,
            rank=term.rank or None,
            category=term.category,
            duty_scope=term.duty,
            from_date=term.since,
            to_date=term.to,
        )


def _firms(county: County) -> None:
    ledger = county.ledger
    for firm in county.firms.firms:
        ledger.enter(
            "company",
            company_id=firm,
            name=firm.name,
            reg_date=firm.registered,
            cancel_date=firm.cancelled,
            status=firm.status,
            legal_rep_id=firm.legal_rep,
            reg_capital=Yuan(firm.capital * 100),
            address=firm.address,
            phone=firm.phone,
            email=firm.email,
            scope=firm.name[3:-4],
            company_type=firm.company_type,
            area_code=firm.area,
        )
        for holding in firm.holdings:
            ratio = f"{holding.ratio // 10_000}.{holding.ratio % 10_000:04d}"
            ledger.enter(
                "shareholder",
                company_id=firm,
                holder_id=holding.holder,
                ratio=ratio,
                from_date=holding.since,
                to_date=holding.to,
            )
        for person, role, since, to in firm.officers:
            ledger.enter("company_officer", company_id=firm, person_id=person, role=role, from_date=since, to_date=to)
        ledger.enter(
            "company_agent",
            company_id=firm,
            agent_person_id=firm.agent,
            agent_phone=firm.agent_phone,
            filed_date=firm.registered,
        )


def _qualifications(county: County, market: Market) -> None:
    for place, ((firm, kind), grade) in enumerate(market.grades.items()):
        county.ledger.enter(
            "qualification",
            cert_no=f"ZZ{10_000 + place}",
            company_id=firm,
            qual_category=kind,
            qual_grade=grade,
            valid_from=county.ago(2600),
            valid_to=county.until + day(900 + place % 700),
            status="valid",
        )


def _experts(county: County, market: Market) -> None:
    for place, (number, person) in enumerate(market.experts):
        county.ledger.enter(
            "expert",
            expert_id=number,
            person_id=person,
            specialty=WORKS[place % len(WORKS)],
            area_code="339900000000",
            from_date=dt.date(2018, 1, 1) + day(place * 9),
            status="active",
        )


def _tender(county: County, tender: Tender) -> None:
    ledger = county.ledger
    known = {row["project_id"] for row in ledger.rows["investment_project"][-1:]}
    if tender.project not in known:
        total = sum(section.ceiling for section in tender.sections)
        ledger.enter(
            "investment_project",
            project_id=tender.project,
            owner_org_id=tender.owner,
            name=tender.name,
            investment=Yuan(total * 12 // 10),
            approval_date=tender.announced - day(60),
            tender_mode_approved=tender.method if tender.method != "single_source" else "single_source",
            fund_source="fiscal",
            category=tender.category,
            area_code="339921000000",
            budget_estimate=Yuan(total * 11 // 10),
        )
    for section in tender.sections:
        for bid in section.bids:
            _bid(county, section, bid)
        _downloads(county, section)
        for place, (when, substantive, deadline) in enumerate(section.clarifications, start=1):
            ledger.enter(
                "tender_clarification",
                clar_id=f"CQ{section.number}-{place}",
                section_id=section.number,
                publish_time=when,
                clause_type="technical",
                substantive=substantive,
                new_deadline=deadline,
            )
        for expert, firm, item, subjective, score, when in section.scores:
            ledger.enter(
                "expert_score",
                section_id=section.number,
                expert_id=expert,
                bidder_id=firm,
                item=item,
                subjective=subjective,
                score=f"{score // 10}.{score % 10}",
                max_score="10.0",
                score_time=when,
                modified_count=0,
            )
        if section.contract:
            _performance(county, section, section.contract)


def _bid(county: County, section: Section, bid: Bid) -> None:
    ledger, office, bond = county.ledger, bid.office, bid.bond
    ledger.enter(
        "bid_device",
        bid_id=bid.number,
        section_id=section.number,
        bidder_id=bid.firm,
        ip=bid.ip,
        mac=office.mac,
        cpu_id=office.cpu,
        disk_id=office.disk,
        lock_no=office.lock,
        ca_no=office.ca,
        author=bid.author,
        last_saved_by=bid.author,
        upload_time=bid.uploaded,
    )
    for person, role, phone in bid.team:
        ledger.enter(
            "bid_team",
            bid_id=bid.number,
            section_id=section.number,
            bidder_id=bid.firm,
            person_id=person,
            role=role,
            phone=phone or None,
        )
    ledger.enter(
        "bid_bond",
        bond_id=f"BZ{bid.number}",
        section_id=section.number,
        bidder_id=bid.firm,
        payer_account=bond.payer_account,
        payer_id=bond.payer,
        amount=Yuan(bond.fen),
        paid_time=bond.paid,
        refund_account=bond.refund_account,
        refund_time=bond.refunded,
        guarantee_no=bond.guarantee_no,
        guarantor_id=bond.guarantor,
        premium_payer_id=bond.premium_payer,
        guarantee_applied_time=bond.applied,
    )
    for code, price in bid.items.items():
        ledger.enter(
            "bid_item_price",
            bid_id=bid.number,
            section_id=section.number,
            bidder_id=bid.firm,
            item_code=code,
            unit_price=Yuan(price),
            qty="10",
        )


def _downloads(county: County, section: Section) -> None:
    fetched = [(bid.firm, bid.download_ip, bid.downloaded) for bid in section.bids] + section.lookers
    silent = {bid.firm for bid in section.bids if bid.fetched_without_number}
    for place, (firm, ip, when) in enumerate(fetched, start=1):
        county.ledger.enter(
            "doc_download",
            download_id=f"XZ{section.number}-{place:02d}",
            section_id=section.number,
            company_id=Named("", firm.name) if firm in silent else firm,
            ip=ip,
            mac=firm.office.mac,
            phone=firm.phone,
            time=when,
        )


def _performance(county: County, section: Section, contract: Contract) -> None:
    ledger = county.ledger
    approver = county.offices.terms[-30].person
    for place, (fen, when, reason) in enumerate(contract.changes, start=1):
        ledger.enter(
            "contract_change",
            change_id=f"BG{contract.number}-{place}",
            contract_id=contract.number,
            amount=Yuan(fen),
            change_date=when,
            reason=reason,
            item_code="010100001",
            approver_id=approver,
            approve_level="owner",
        )
    for place, (sub, fen, when, content) in enumerate(contract.subs, start=1):
        ledger.enter(
            "subcontract",
            sub_id=f"FB{contract.number}-{place}",
            contract_id=contract.number,
            sub_company_id=sub,
            amount=Yuan(fen),
            sign_date=when,
            work_content=content,
            approved=True,
        )
    for place, (kind, fen, when) in enumerate(contract.penalties, start=1):
        ledger.enter(
            "contract_penalty",
            penalty_id=f"WY{contract.number}-{place}",
            contract_id=contract.number,
            type=kind,
            amount=Yuan(fen),
            date=when,
            handler_id=approver,
        )
    for place, (person, when) in enumerate(contract.visits, start=1):
        ledger.enter(
            "site_attendance",
            record_id=f"KQ{contract.number}-{place:02d}",
            section_id=section.number,
            person_id=person,
            role="pm",
            company_id=contract.contractor,
            check_time=when,
            device_id=f"SB{section.number}",
            lng="119.412000",
            lat="28.931000",
        )
