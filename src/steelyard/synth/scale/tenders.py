"""Projects, tenders, their sections and clarifications."""

from steelyard.synth.scale import schemes
from steelyard.synth.scale.market import tenders
from steelyard.synth.scale.size import COMPANIES, TENDERS, Size
from steelyard.synth.scale.table import Made

CATEGORIES = ("building", "municipal", "water")
"""Kinds of works every firm of the market is qualified for."""
_LISTED = ", ".join(f"'{name}'" for name in CATEGORIES)


def tables(size: Size) -> list[Made]:
    return [_project(size), _tender(size), _section(size), _clarification(size)]


def _project_id() -> str:
    return f"numbered('XM', CASE WHEN kind IN ({schemes.FAILED_TWICE}, {schemes.ONE_RETRY}) THEN t0 ELSE t END)"


def _project(size: Size) -> Made:
    return Made(
        "investment_project", TENDERS,
        f"""SELECT {_project_id()} AS project_id, owner_org_id, place_name(v) || '村建设工程' AS name,
            yuan(worth * 1.3) AS investment, announced - 60 AS approval_date, method AS tender_mode_approved,
            'fiscal' AS fund_source, 'works' AS category, area_code, yuan(worth * 1.25) AS budget_estimate
        FROM {tenders(size)} WHERE NOT (kind IN ({schemes.FAILED_TWICE}, {schemes.ONE_RETRY}) AND step > 0)""",
    )  # fmt: skip


def _tender(size: Size) -> Made:
    agency = f"(first_of(k) + pick(17, t, least(20, villages_of(k)))) * {COMPANIES} + 27"
    return Made(
        "tender", TENDERS,
        f"""SELECT tender_id, {_project_id()} AS project_id, owner_org_id, company_key({agency}) AS agency_id, method,
            announced AS announce_date, at_hour(announced, 9) AS doc_from, at_hour(announced + 7, 17) AS doc_to,
            at_hour(announced + CAST(bid_days AS INTEGER), 9) AS bid_deadline,
            at_hour(announced + CAST(bid_days AS INTEGER), 9) AS open_time, 'works' AS category, area_code,
            CASE WHEN kind = {schemes.FIXED_PRICE} THEN 'lottery' WHEN kind = {schemes.AVERAGED} THEN 'average_price'
                WHEN kind >= 0 OR pick(18, t, 100) < 60 THEN 'comprehensive'
                WHEN pick(18, t, 100) < 90 THEN 'lowest_price' ELSE 'average_price' END AS eval_method,
            NULL AS officer_id, status
        FROM {tenders(size)}""",
    )  # fmt: skip


def _section(size: Size) -> Made:
    return Made(
        "tender_section", TENDERS,
        f"""SELECT section_id, 'CNY' AS currency, tender_id, place_name(v) || '村建设工程' AS name,
            'works' AS category, yuan(worth * 1.4) AS ceiling_price,
            CASE WHEN kind = {schemes.UNQUALIFIED} THEN 'blasting' ELSE [{_LISTED}][1 + pick(19, t, 3)] END
                AS qual_category,
            CASE WHEN kind = {schemes.EXACT_GRADE} THEN '1' WHEN pick(20, t, 2) = 0 THEN '2' ELSE '3' END
                AS qual_grade, 100 + pick(23, t, 100) AS period_days,
            yuan(worth * 0.02) AS bond_required, NULL AS benchmark_price
        FROM {tenders(size)}""", ordered=True,
    )  # fmt: skip


def _clarification(size: Size) -> Made:
    return Made(
        "tender_clarification", TENDERS * 0.3,
        f"""SELECT numbered('CQ', t) AS clar_id, section_id, at_hour(announced + 3, 15) AS publish_time,
            NULL AS clause_type, pick(24, t, 100) < 10 AS substantive, NULL AS new_deadline
        FROM {tenders(size)} WHERE pick(24, t, 100) < 30""", ordered=True,
    )  # fmt: skip
