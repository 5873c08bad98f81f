"""What a village has built: who offered, what was agreed, changed, settled and audited, and how it was paid."""

from steelyard.synth.scale import village_work_wrongs as wrongs
from steelyard.synth.scale.acts import either, joined
from steelyard.synth.scale.companies import BROTHER, SON
from steelyard.synth.scale.livelihood import FORMER_EMPLOYER
from steelyard.synth.scale.people import FIRST_OFFICIAL
from steelyard.synth.scale.size import COMPANIES, FIRMS, PERSONS, Size
from steelyard.synth.scale.table import LookAlike, Made, Planted, each
from steelyard.synth.scale.village_work_wrongs import ACTS, LOCAL

PROJECTS = 32
BIDDERS = 3
PAYMENTS = 4
MONOPOLY = 95
"""Days between two projects of a firm that builds three of four; more than those within which a split is looked for."""


def tables(size: Size) -> list[Made]:
    return [_project(size), _bid(size), _change(size), _payment(size)]


def planted(size: Size) -> list[Planted]:
    return wrongs.planted(size)


def look_alikes(size: Size) -> list[LookAlike]:
    return wrongs.look_alikes(size)


def people_named(size: Size) -> str:
    return wrongs.people_named(size)


def companies_named(size: Size) -> str:
    return wrongs.companies_named(size)


def _own(column: str, ordinary: str) -> str:
    return either(ACTS, column, ordinary)


def projects(size: Size) -> str:
    """SQL: projects; ``..._ago``: days since, null for not yet; ``firm``: the number of the contractor.

    ``worth``: yuan of the contract; ``changed``: yuan of approved changes; ``held``: steps of the decision that were
    taken; ``present``: of forty who may vote.
    """
    signed = f"""SELECT *, {_ago(size)} AS ago, {_firm(size)} AS firm,
            yuan({_own("worth", _worth(size))}) AS worth FROM {joined(each("n", PROJECTS), ACTS, size)}"""
    built = f"""SELECT *, ago - 108 AS end_ago, {_own("begun_ago", "ago - 8")} AS begun_ago,
            {_own("approved_ago", "ago + 4")} AS approved_ago,
            {_own("accept_ago", "CASE WHEN ago > 130 THEN ago - 100 - pick(1103, id, 28) END")} AS accept_ago,
            yuan({_own("changed", "CASE WHEN pick(1101, id, 5) = 0 THEN worth * 0.01 * (1 + pick(1102, id, 6)) END")})
                AS changed,
            {_own("held", "4")} AS held, {_own("present", "36")} AS present FROM ({signed})"""
    settled = f"""SELECT *, CASE WHEN {_own("settled", "accept_ago IS NOT NULL")} THEN worth + COALESCE(changed, 0) END
            AS settled FROM ({built})"""
    cut = _own("cut", "0.01 * pick(1104, id, 9)")
    return f"(SELECT *, CASE WHEN worth >= 50000 THEN yuan(settled * (1 - {cut})) END AS audited FROM ({settled}))"


def _ago(size: Size) -> str:
    """Three of four projects of a firm that builds nearly everything come one after another; the others at any time."""
    nth, three_of_four = "(n // 4 * 3 + n % 4)", f"({_monopoly(size)}) AND n % 4 < 3"
    return _own("ago", f"""CASE WHEN {_former(size)} THEN 500 WHEN {three_of_four} THEN 20 + {MONOPOLY} * {nth}
        WHEN {_few(size)} THEN CASE WHEN n < 13 THEN 20 + 80 * n ELSE 10 + 55 * (n - 13) END
        ELSE 1 + pick(102, id, CASE WHEN n = 31 THEN 5 ELSE 1800 END) END""")  # fmt: skip


def _former(size: Size) -> str:
    return f"(act = '' AND n = 3 AND {wrongs.base('former employer', size)})"


def _monopoly(size: Size) -> str:
    return f"act = '' AND ({wrongs.base('brother builds', size)} OR {wrongs.base('one firm builds', size)})"


def _few(size: Size) -> str:
    return f"act = '' AND {wrongs.base('few firms', size)}"


def _firm(size: Size) -> str:
    """Firms of the county's market; a last one is led by a relative of an official of another village."""
    own = f"v * {COMPANIES}"
    other = "(first_of(county_of(v)) + (v + 1 - first_of(county_of(v))) % villages_of(county_of(v)))"
    county = (
        f"(first_of(county_of(v)) + (pick(99, v, 900) + n * 7) % villages_of(county_of(v))) * {COMPANIES}"
        f" + (pick(100, v, {FIRMS}) + n + n // {FIRMS}) % {FIRMS}"
    )
    slot = f"CASE WHEN {wrongs.base('brother builds', size)} THEN {BROTHER} ELSE {LOCAL} END"
    return f"""CASE WHEN {_former(size)} THEN {own} + {FORMER_EMPLOYER}
        WHEN ({_monopoly(size)}) AND n % 4 < 3 OR {_few(size)} AND n < 13 THEN {own} + {slot}
        WHEN act = '' AND n = 30 THEN {other} * {COMPANIES} + {SON}
        ELSE {_own("firm", county)} END"""


def _worth(size: Size) -> str:
    return f"CASE WHEN {_few(size)} THEN 100000 ELSE 28000 + 100 * pick(101, id, 4000) END"


def _project(size: Size) -> Made:
    """What costs as much as the law wants tendered openly is; every place of a village has works of one fund."""
    name = "place_name(v) || ['村道路硬化', '村水渠整治', '村广场修缮', '村路灯安装'][1 + n % 4]"
    official = f"v * {PERSONS} + {FIRST_OFFICIAL}"
    return Made(
        "village_project", PROJECTS + 1,
        f"""SELECT numbered('GC', id) AS project_id, village_code(v) AS village_code, {_own("title", name)} AS name,
            {_own("fund", "['collective', 'fiscal', 'collective', 'donation'][1 + n % 4]")} AS fund_source,
            worth + 2000 AS budget, CASE WHEN worth >= 400000 THEN 'open' ELSE 'quote' END AS method,
            company_key(firm) AS contractor_id, worth AS contract_amount,
            before(ago) AS sign_date, before(begun_ago) AS start_date, before(end_ago) AS planned_end,
            before(accept_ago) AS accept_date, settled AS settle_amount, audited AS audit_amount,
            person_key({official} + 3) AS site_supervisor_id,
            person_key({official} + {_own("acceptor", "5")}) AS acceptor_id,
            {_own("spot", "place_name(v) || '村' || (1 + n) || '组'")} AS location
        FROM {projects(size)}""",
    )  # fmt: skip


def _bid(size: Size) -> Made:
    """Three firms offer for what is not tendered openly: who gets it, one of the village and one of the next."""
    small = "30 + 2 * pick(1105 + j, id, 5)"
    next_to = f"(first_of(county_of(v)) + (v + 1 - first_of(county_of(v))) % villages_of(county_of(v))) * {COMPANIES}"
    bidder = f"""CASE j WHEN 0 THEN firm WHEN 1 THEN {_own("loser", f"v * {COMPANIES} + {small}")}
        ELSE {next_to} + {small} END"""
    phone = _own("phone", "CASE WHEN pick(1108, id * 4 + j, 6) > 0 THEN bidder END")
    return Made(
        "village_project_bid", PROJECTS * BIDDERS,
        f"""SELECT numbered('GC', id) AS project_id, company_key(bidder) AS bidder_id,
            yuan(worth * (1 + 0.04 * j + 0.0001 * j * pick(1109, id * 4 + j, 200))) AS price,
            at_hour(before(ago + 12), 9 + j) AS submit_time, '138' || lpad(CAST({phone} AS VARCHAR), 8, '0')
                AS contact_phone,
            j = 0 AS is_winner
        FROM (SELECT *, {bidder} AS bidder FROM {projects(size)}, range({BIDDERS}) AS o(j) WHERE worth < 400000)""",
    )  # fmt: skip


def changes(size: Size) -> str:
    """SQL: changes of projects: ``change`` (its number), ``more`` (yuan), ``approved``; much is changed in two parts.

    What turned out to be less than agreed needs no approval.
    """
    much = "changed > worth * 0.1"
    return f"""(SELECT *, id * 4 + part AS change, yuan(CASE WHEN {much} THEN changed * (0.4 + 0.2 * part)
            ELSE changed END) AS more, act <> 'unapproved change' AS approved
        FROM {projects(size)}, range(2) AS o(part) WHERE changed > 0 AND (part = 0 OR {much}) AND ago > 45
        UNION ALL SELECT *, 2 AS part, id * 4 + 2, yuan(-0.05 * worth), false FROM {projects(size)}
        WHERE act = 'measured again')"""


def _change(size: Size) -> Made:
    return Made(
        "village_project_change", PROJECTS * 0.2,
        f"""SELECT numbered('BQ', change) AS change_id, numbered('GC', id) AS project_id,
            village_code(v) AS village_code, more AS amount, before(ago - 40) AS change_date,
            CASE WHEN approved THEN person_key(v * {PERSONS} + {FIRST_OFFICIAL} + 1) END AS approver_id,
            CASE WHEN approved THEN numbered('SB', change) END AS approval_id FROM {changes(size)}""",
    )  # fmt: skip


def _payment(size: Size) -> Made:
    """Three tenths and four tenths as the works go on, the rest once accepted, three per cent a year after that."""
    owed = _own("owed", "least(COALESCE(audited, settled), worth * 1.06)")
    share = _own("first_share", "0.3")
    return Made(
        "village_project_payment", PROJECTS * PAYMENTS * 0.8,
        f"""SELECT numbered('GF', id * {PAYMENTS} + p) AS payment_id, numbered('GC', id) AS project_id,
            village_code(v) AS village_code,
            yuan(CASE p WHEN 0 THEN worth * {share} WHEN 1 THEN worth * 0.4
                WHEN 2 THEN greatest({owed} * 0.97 - worth * ({share} + 0.4), 0) ELSE {owed} * 0.03 END) AS amount,
            before(paid_ago) AS pay_date, CASE WHEN p = 1 THEN {_own("payee", "company_key(firm)")}
                ELSE company_key(firm) END AS payee_id,
            '62270' || lpad(CAST(firm AS VARCHAR), 10, '0') AS payee_account,
            CASE WHEN pick(1110, id * {PAYMENTS} + p, 50) > 0 OR act <> '' THEN CAST(CASE p
                WHEN 0 THEN {_own("first_progress", "0.35")} WHEN 1 THEN 0.75 ELSE 1 END AS DECIMAL(18, 6)) END
                AS progress_pct
        FROM (SELECT *, CASE p WHEN 0 THEN {_own("first_ago", "ago - 40")} WHEN 1 THEN ago - 90
                WHEN 2 THEN accept_ago - 20 ELSE accept_ago - 365 END AS paid_ago
            FROM {projects(size)}, range({PAYMENTS}) AS o(p))
        WHERE paid_ago > 0""",
    )  # fmt: skip
