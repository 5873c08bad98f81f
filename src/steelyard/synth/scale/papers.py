"""What a village writes down: how it decided, who approved, what it showed, and the invoices it was sent."""

from steelyard.synth.scale import labour, land, leases, purchases, schemes, seals
from steelyard.synth.scale.funds import ACCOUNTANT, MONTHS, here
from steelyard.synth.scale.lettings import HONEST
from steelyard.synth.scale.people import FIRST_OFFICIAL
from steelyard.synth.scale.purchases import BOUGHT
from steelyard.synth.scale.relief import filings
from steelyard.synth.scale.schemes import at
from steelyard.synth.scale.seals import USES
from steelyard.synth.scale.size import PERSONS, Size
from steelyard.synth.scale.table import LookAlike, Made, Planted, each, villages
from steelyard.synth.scale.village_works import PROJECTS, changes, projects
from steelyard.synth.scale.villages import CONTRACTS, RUNNING, signed_ago

SHOWN, BATCHES = 14, 2
"""Months of accounts on the board, and lists of subsidies."""
LATE = 50
"""The place of a village that shows its accounts as late as it may."""
STEPS = ("proposal", "joint_meeting", "party_meeting", "vote")
_HEAD = f"person_key(v * {PERSONS} + {FIRST_OFFICIAL} + 1)"


def tables(size: Size) -> list[Made]:
    return [_decision(size), _approval(size), _disclosure(size), _invoice(size)]


def planted(size: Size) -> list[Planted]:
    silent = f"{villages()} WHERE {schemes.here('nothing recorded', size.village_every)}"
    return [
        Planted("governance/zero-alert-silence", {"village_code": "village_code(v)"}, silent, "yellow",
                story="nothing recorded"),
    ]  # fmt: skip


def _decision(size: Size) -> Made:
    """A project goes through four steps in the month before it is signed."""
    steps = ", ".join(f"'{step}'" for step in STEPS)
    return Made(
        "village_decision", PROJECTS * len(STEPS) + 20,
        f"""SELECT numbered('JC', id) AS decision_id, village_code(v) AS village_code, 'project' AS matter_type,
            numbered('GC', id) AS matter_id, [{steps}][1 + s] AS step, before(ago + 40 - s * 7) AS step_date,
            40 AS eligible, present AS attended, present - 3 AS votes_for, numbered('JL', id * 4 + s) AS minutes_no
        FROM {projects(size)}, range({len(STEPS)}) AS o(s) WHERE s < held
        UNION ALL {seals.votes(size)}""",
    )  # fmt: skip


def _approval(size: Size) -> Made:
    """Bills are approved two days before they are paid, purchases and projects four before they begin, and changes."""
    ago = schemes.recorded("ago", size.village_every)
    return Made(
        "village_approval", MONTHS + BOUGHT + PROJECTS + USES,
        f"""SELECT approval_id, village_code(v) AS village_code, matter_type, matter_id,
            'committee' AS step, {ACCOUNTANT} AS applicant_id, {_HEAD} AS approver_id, 'village_head' AS approver_role,
            at_hour(before({ago}), 9) AS submit_time, at_hour(before({ago}), 14) AS approve_time, 'pass' AS result
        FROM (SELECT v, numbered('SP', v * 100 + n) AS approval_id, 'other' AS matter_type,
                numbered('FY', v * 2000 + 1000 + n) AS matter_id, 17 + 30 * n AS ago FROM {each("n", MONTHS)}
            UNION ALL {purchases.approvals(size)}
            UNION ALL SELECT v, numbered('SG', id), 'project', numbered('GC', id), approved_ago FROM {projects(size)}
            UNION ALL SELECT v, numbered('SB', change), 'project', numbered('BQ', change), ago - 38
                FROM {changes(size)} WHERE approved)
        UNION ALL {seals.approvals(size)}
        UNION ALL {filings(size)}
        UNION ALL {labour.approvals(size)}""",
    )  # fmt: skip


def look_alikes(size: Size) -> list[LookAlike]:
    late = f"{villages()} WHERE {at(LATE, size.village_every)}"
    return [LookAlike("village-fund/no-financial-disclosure", {"village_code": "village_code(v)"}, late,
                      "shown in the middle of the next month, a day before it must be")]  # fmt: skip


def _disclosure(size: Size) -> Made:
    """Accounts early in the next month, lists of subsidies before they are paid, contracts and projects once signed."""
    days = f"CASE WHEN {at(LATE, size.village_every)} THEN 13 ELSE 2 + v % 9 END"
    shown = f"(month_before(n) + CAST({days} AS INTEGER))"
    return Made(
        "village_disclosure", SHOWN + BATCHES + RUNNING + PROJECTS + HONEST,
        f"""SELECT numbered('GK', v * 100 + n) AS disclosure_id, village_code(v) AS village_code,
            'other' AS matter_type, 'CW' || strftime(month_before(n), '%Y%m') AS matter_id, 'finance' AS category,
            {shown} AS publish_date, '村务公开栏' AS channel
        FROM {each("n", SHOWN)} WHERE {shown} <= before(0)
            AND NOT ({here("accounts hidden", size)} AND n < 9)
        UNION ALL SELECT numbered('GK', v * 100 + 50 + n), village_code(v), 'subsidy', 'PC' || n, 'village_affairs',
            before(22 + 180 * n + pick(66, v, 60)), '村务公开栏'
        FROM {each("n", BATCHES)} WHERE NOT ({here("list hidden", size)} AND n = 1)
        UNION ALL SELECT numbered('GH', v * 200 + n), village_code(v), 'contract', numbered('CH', v * {CONTRACTS} + n),
            'village_affairs', before({signed_ago()} - 5), '村务公开栏' FROM {each("n", RUNNING)}
        UNION ALL SELECT numbered('GG', id), village_code(v), 'project', numbered('GC', id), 'project',
            before(greatest(ago - 3, 0)), '村务公开栏' FROM {projects(size)}
        UNION ALL {leases.disclosures(size)}
        UNION ALL BY NAME {labour.disclosures(size)}
        UNION ALL BY NAME {land.disclosures()}""",
    )  # fmt: skip


def _invoice(size: Size) -> Made:
    """Of every purchase, over what it cost, from whoever sold it; and of what subtenants are charged."""
    return Made("invoice", BOUGHT, f"{purchases.invoices(size)} UNION ALL {leases.invoices(size)}")
