"""Bids that should not have been admitted, and experts who copy."""

import datetime as dt

from steelyard.synth.firms import Firm
from steelyard.synth.ledger import Subject
from steelyard.synth.tenders.market import SUBJECTIVE, day
from steelyard.synth.tenders.objects import Section
from steelyard.synth.truth import Key
from steelyard.synth.wrongs.stage import Stage, dearest

SCORES = "tender-reg-expert-collusion/identical-scores"
LISTED = "tender-reg-false-bidding/blacklisted-bidder"
QUALIFIED = "tender-reg-false-bidding/fake-qualification"


def copied_sheet(stage: Stage) -> None:
    """An expert copies his neighbour's sheet."""
    for act in range(24):
        wrong = act < 6
        small = not wrong and act % 3 == 0
        tender, section = stage.fresh(count=4 if small else 5 + act % 2, evaluation="comprehensive")
        stage.finish(tender, section)
        experts = sorted({score[0] for score in section.scores})
        first, second = experts[0], experts[1]
        key: Key = {"section_id": section.number, "expert_id_a": first, "expert_id_b": second}
        if wrong:
            _copy(section, first, second, keep=0)
            stage.truth.expect(SCORES, key, "yellow", story="copied score sheet")
            continue
        if small:
            _copy(section, first, second, keep=0)
            why = "too few cells to tell"
        elif act % 3 == 1:
            _copy(section, first, second, keep=5)
            why = "a quarter of the cells differ"
        else:
            for other in experts[1:]:
                _copy(section, first, other, keep=0)
            why = "all experts agreed"
        stage.truth.spare(SCORES, key, why)


def _copy(section: Section, source: str, target: str, *, keep: int) -> None:
    """The target's subjective scores become the source's, but for the first ``keep``, which clearly differ."""
    given = {(firm.number, item): score for expert, firm, item, _s, score, _t in section.scores if expert == source}
    kept = 0
    for place, (expert, firm, item, subjective, _score, when) in enumerate(section.scores):
        if expert != target or item not in SUBJECTIVE:
            continue
        value = given[firm.number, item]
        if kept < keep:
            value = value - 3 if value > 80 else value + 3
            kept += 1
        section.scores[place] = (expert, firm, item, subjective, value, when)


def listed_firm(stage: Stage) -> None:
    """A firm bids and is admitted while a list excludes it."""
    ledger, county = stage.county.ledger, stage.county
    keeper = county.places.body("development_reform", "339921000000")

    def enlist(subject: Subject, kind: str, since: dt.date, out: dt.date | None) -> None:
        ledger.enter("credit_list", subject_id=subject, list_type=kind, in_date=since, out_date=out, dept_org_id=keeper)

    for act in range(24):
        firm = stage.found("municipal")
        tender, section = stage.fresh(kind="municipal", firms=[firm], count=5)
        bid = section.bids[0]
        dearest(section, bid)
        sent = bid.submitted.date()
        key: Key = {"section_id": section.number, "bidder_id": firm}
        if act < 6:
            since = sent - day(stage.chance.number(30, 300))
            if act < 2:
                enlist(firm, "procurement_ban", since, since + day(730))
            elif act == 2:
                enlist(firm.legal_rep, "dishonest", since, None)
            elif act < 5:
                ledger.enter(
                    "enforcement", case_no=f"(2024)示9921执{1000 + act}号", subject_id=firm, list_type="dishonest",
                    amount=f"{380_000 + act * 7000}.00", in_date=since, out_date=None,
                )  # fmt: skip
            else:
                ledger.enter(
                    "company_abnormal", company_id=firm, list_type="serious_violation", in_date=since, out_date=None
                )
            stage.truth.expect(LISTED, key, "red", story="admitted in spite of the list", when=sent)
        elif act % 4 == 0:
            enlist(firm, "procurement_ban", sent - day(500), sent)
            stage.truth.spare(LISTED, key, "the ban ended on the day of the bid")
        elif act % 4 == 1:
            ledger.enter(
                "company_abnormal",
                company_id=firm,
                list_type="abnormal_operation",
                in_date=sent - day(90),
                out_date=None,
            )
            stage.truth.spare(LISTED, key, "a late yearly report is no ground for exclusion")
        elif act % 4 == 2:
            enlist(firm, "procurement_ban", sent - day(100), sent + day(300))
            stage.market.refuse(bid, "qualification")
            stage.truth.spare(LISTED, key, "the panel rejected the bid")
        else:
            enlist(firm, "dishonest", sent + day(20), None)
            stage.truth.spare(LISTED, key, "listed after the bid")
        stage.finish(tender, section)


def _certify(
    stage: Stage, firm: Firm, kind: str, grade: str | None, since: dt.date, to: dt.date | None, status: str = "valid"
) -> None:
    ledger = stage.county.ledger
    ledger.enter(
        "qualification", cert_no=f"ZZ{90_000 + len(ledger.rows['qualification'])}", company_id=firm, qual_category=kind,
        qual_grade=grade, valid_from=since, valid_to=to, status=status,
    )  # fmt: skip


def stale_certificate(stage: Stage) -> None:
    """A firm bids without the qualification that was asked for, and is admitted."""
    for act in range(24):
        kind = "water"
        firm = stage.found(kind)
        # This firm's certificates are entered here, one by one.
        del stage.market.grades[firm, kind]
        tender, section = stage.fresh(kind=kind, firms=[firm], count=5)
        section.grade = "2"
        bid = section.bids[0]
        dearest(section, bid)
        sent = bid.submitted.date()
        key: Key = {"section_id": section.number, "bidder_id": firm}
        if act < 6:
            if act < 2:
                _certify(stage, firm, kind, "2", sent - day(1800), sent - day(20))
                _certify(stage, firm, kind, "2", sent + day(45), sent + day(1800))
            elif act < 4:
                _certify(stage, firm, kind, "3", sent - day(900), sent + day(900))
            elif act == 4:
                _certify(stage, firm, kind, "1", sent - day(900), sent + day(900), "revoked")
            else:
                _certify(stage, firm, "building", "1", sent - day(900), sent + day(900))
            stage.truth.expect(QUALIFIED, key, "red", story="bid on a certificate that did not hold", when=sent)
        elif act % 4 == 0:
            _certify(stage, firm, kind, "2", sent - day(1800), sent - day(20))
            _certify(stage, firm, kind, "2", sent - day(19), sent + day(1800))
            stage.truth.spare(QUALIFIED, key, "renewed without a gap")
        elif act % 4 == 1:
            _certify(stage, firm, kind, "special", sent - day(900), None)
            stage.truth.spare(QUALIFIED, key, "a higher grade than asked, without an end")
        elif act % 4 == 2:
            _certify(stage, firm, kind, "3", sent - day(900), sent + day(900))
            stage.market.refuse(bid, "qualification")
            stage.truth.spare(QUALIFIED, key, "the panel rejected the bid")
        else:
            _certify(stage, firm, kind, "2", sent - day(900), sent)
            stage.truth.spare(QUALIFIED, key, "the certificate ran out on the day of the bid")
        stage.finish(tender, section)
