"""What a village puts its seals to, who keeps them and who allowed it, and what goes wrong with that."""

from steelyard.synth.scale.acts import Act, done, either, joined
from steelyard.synth.scale.funds import ACCOUNTANT, MONTHS
from steelyard.synth.scale.funds import here as money_wrong
from steelyard.synth.scale.people import FIRST_OFFICIAL, relative
from steelyard.synth.scale.schemes import at, recorded
from steelyard.synth.scale.size import PERSONS, Size
from steelyard.synth.scale.table import LookAlike, Made, Planted, each, villages
from steelyard.synth.scale.villages import CONTRACTS, LARGE, RUNNING, contract_total, signed_ago

CERTIFICATES = 36
SEALED = RUNNING // 4
"""Contracts of which the use of the seal is known: every fourth."""
USES = MONTHS + CERTIFICATES + SEALED
VOTED_FROM = 20_000
"""Yuan from which a contract is voted on."""
SECRETARY, HEAD, MEMBER, BOOKKEEPER = 0, 1, 3, 4
_CHILD = relative(MEMBER, 1)

ACTS = (
    Act("borrowed seal", 8,
        {"ago": "300", "seal": "'contract'", "matter": "'contract'",
         "matter_id": f"numbered('CH', v * {CONTRACTS} + {LARGE})", "allowed": "false"}),
    Act("night seal", 13, {"ago": "200", "hour": "22", "off_site": "true", "step": "'committee'"}),
    Act("approved afterwards", 19, {"ago": "150", "approved_ago": "147"}),
    Act("IOU", 24, {"ago": "400", "matter": "'iou'", "purpose": "'loan'"}),
    Act("voted guarantee", 28, {"ago": "500", "matter": "'guarantee'", "purpose": "'loan'"}),
    Act("secretary keeps the seal", 34, {"ago": "10", "keeper": str(SECRETARY)}),
    Act("one keeper for both", 39, {"ago": "12", "keeper": str(BOOKKEEPER)}),
    Act("never archived", 44, {"ago": "60", "uploaded": "false"}),
    Act("archived late", 49, {"ago": "12", "uploaded": "false"}),
    Act("income certificates", 14, {"ago": "90 + 30 * k", "purpose": "'income'"}, 3),
    Act("for his own child", 9, {"ago": "120", "beneficiary": _CHILD, "approver": str(MEMBER)}),
    # and what is in order
    Act("villager's own loan", 55, {"ago": "130", "purpose": "'loan'"}),
    Act("kept while he was away", 56, {"ago": "45", "keeper": str(SECRETARY)}),
    Act("allowed the same morning", 57, {"ago": "140", "hour": "9", "approved_ago": "140", "approved_hour": "8"}),
    Act("scanned tomorrow", 58, {"ago": "1", "uploaded": "NULL"}),
    Act("other certificates", 59, {"ago": "80 + 30 * k", "purpose": "'other'"}, 3),
    Act("taken to an old woman", 55, {"ago": "160", "hour": "15", "off_site": "true"}),
    Act("second official allowed it", 56, {"ago": "125", "beneficiary": _CHILD}),
)  # fmt: skip


def tables(size: Size) -> list[Made]:
    return [_use(size)]


def _own(column: str, ordinary: str) -> str:
    return either(ACTS, column, ordinary)


def _used(size: Size) -> str:
    """SQL: uses of seals.  The first ones are of bills paid each month, the last ones of contracts, once signed."""
    off_site = _own("off_site", f"n >= {MONTHS} AND pick(1122, id, 25) = 0")
    usual = f"""SELECT *, n < {MONTHS} AS bill, {off_site} AS off_site,
            CASE WHEN act = '' AND n >= {MONTHS + CERTIFICATES} THEN (n - {MONTHS + CERTIFICATES}) * 4 END AS leased
        FROM {joined(each("n", USES), ACTS, size)}"""
    ago = f"""CASE WHEN bill THEN 15 + 30 * n WHEN leased IS NOT NULL THEN {signed_ago("leased")}
        ELSE 3 + 20 * (n - {MONTHS}) + pick(1120, id, 15) END"""
    matter = "CASE WHEN bill THEN 'other' WHEN leased IS NOT NULL THEN 'contract' ELSE 'certificate' END"
    number = f"""CASE WHEN bill THEN numbered('FY', v * 2000 + 1000 + n)
        WHEN leased IS NOT NULL THEN numbered('CH', v * {CONTRACTS} + leased) ELSE numbered('ZM', id) END"""
    allowed = _own("allowed", "true")
    used = recorded(f"({_own('ago', ago)})", size.village_every)
    return f"""(SELECT *, {used} AS ago, {_own("hour", "8 + pick(1121, id, 9)")} AS hour,
            {_own("matter", matter)} AS matter, {_own("matter_id", number)} AS matter_id,
            CASE WHEN bill THEN numbered('SP', v * 100 + n) WHEN {allowed} THEN numbered('SY', id) END AS approval_id
        FROM ({usual}))"""


def _use(size: Size) -> Made:
    """The accountant keeps the seal of finance, a member the others; a paper is scanned within days."""
    official = f"v * {PERSONS} + {FIRST_OFFICIAL}"
    contract = "leased IS NOT NULL"
    seal = _own("seal", f"CASE WHEN bill THEN 'finance' WHEN {contract} THEN 'contract' ELSE 'official' END")
    keeper = _own("keeper", f"CASE WHEN bill THEN {BOOKKEEPER} ELSE {MEMBER} END")
    purpose = f"CASE WHEN {contract} THEN 'contract' WHEN bill OR pick(1123, id, 5) > 0 THEN 'other' ELSE 'loan' END"
    helped = "CASE WHEN matter = 'certificate' AND pick(1124, id, 10) > 0 THEN 2300 + pick(1125, id, 299) END"
    return Made(
        "seal_use", USES,
        f"""SELECT numbered('YZ', id) AS seal_use_id, village_code(v) AS village_code, {seal} AS seal_type,
            at_hour(before(ago), hour) AS use_time, matter AS matter_type, matter_id,
            CASE WHEN bill THEN {ACCOUNTANT} END AS applicant_id,
            person_key({official} + {keeper}) AS keeper_id,
            approval_id, {_own("purpose", purpose)} AS purpose, 1 + pick(1126, id, 3) AS copies, off_site,
            {_own("uploaded", "CASE WHEN ago > 2 OR pick(1127, id, 2) = 0 THEN true END")} AS doc_uploaded,
            person_key(v * {PERSONS} + {_own("beneficiary", helped)}) AS beneficiary_id
        FROM {_used(size)}""",
    )  # fmt: skip


def approvals(size: Size) -> str:
    """SQL: rows of approvals: the day before by the village head; by the town where the seal leaves the house."""
    step = _own("step", "CASE WHEN off_site THEN 'town' ELSE 'committee' END")
    day, hour = f"before({_own('approved_ago', 'ago + 1')})", _own("approved_hour", "14")
    return f"""SELECT approval_id, village_code(v), matter, matter_id, {step}, {ACCOUNTANT},
            person_key(v * {PERSONS} + {FIRST_OFFICIAL} + {_own("approver", str(HEAD))}), 'village_head',
            at_hour({day}, ({hour}) - 1), at_hour({day}, {hour}), 'pass'
        FROM {_used(size)} WHERE NOT bill AND approval_id IS NOT NULL"""


def votes(size: Size) -> str:
    """SQL: rows of decisions: contracts of weight are voted on six days before they are signed."""
    counted = "40, 36, 33"
    return f"""SELECT numbered('JH', id), village_code(v), 'contract', numbered('CH', v * {CONTRACTS} + n), 'vote',
            before({signed_ago()} + 6), {counted}, numbered('JK', id)
        FROM {each("n", RUNNING)} WHERE n % 4 = 0 AND {contract_total("n")} >= {VOTED_FROM}
        UNION ALL SELECT numbered('JH', id), village_code(v), 'guarantee', numbered('ZM', id), 'vote', before(510),
            {counted}, numbered('JK', id) FROM {done(ACTS, "voted guarantee", size)}"""


_USE, _MATTER = {"seal_use_id": "numbered('YZ', id)"}, {"matter_id": "numbered('ZM', id)"}
_VILLAGE = {"village_code": "village_code(v)"}


def _kept(number: int) -> dict[str, str]:
    return {"keeper_id": f"person_key(v * {PERSONS} + {FIRST_OFFICIAL + number})"}


def planted(size: Size) -> list[Planted]:
    def act(name: str, model: str, key: dict[str, str], grade: str, ago: str = "", more: str = "true") -> Planted:
        source = f"{done(ACTS, name, size)} AND {more}"
        return Planted(f"village-seal/{model}", key, source, grade, story=name, when=f"before({ago})" if ago else "")

    lease = {"matter_id": f"numbered('CH', v * {CONTRACTS} + {LARGE})"}
    lent = f"{villages()} WHERE {money_wrong('lent without a vote', size)}"
    return [
        act("borrowed seal", "contract-seal-without-decision", lease, "red", "300"),
        act("borrowed seal", "no-approval-use", _USE, "red", "300"),
        act("night seal", "off-site-seal", _USE, "yellow", "200"),
        act("approved afterwards", "no-approval-use", _USE, "yellow", "150"),
        act("IOU", "debt-iou-seal", _VILLAGE | _MATTER, "red", "400"),
        act("voted guarantee", "debt-iou-seal", _VILLAGE | _MATTER, "yellow", "500"),
        Planted("village-seal/debt-iou-seal", _VILLAGE | {"matter_id": "numbered('CJ', v)"}, lent, "red",
                story="lent without a vote"),
        act("secretary keeps the seal", "keeper-conflict", _VILLAGE | _kept(SECRETARY), "yellow", "10"),
        act("one keeper for both", "keeper-conflict", _VILLAGE | _kept(BOOKKEEPER), "yellow", "12"),
        act("never archived", "no-archive", _USE, "yellow", "56"),
        act("archived late", "no-archive", _USE, "blue", "8"),
        act("income certificates", "obsolete-cert", _VILLAGE | {"purpose": "'income'"}, "blue", "150", "k = 0"),
        act("for his own child", "self-benefit-certificate", _helped() | _kept(MEMBER), "yellow", "120"),
    ]  # fmt: skip


def _helped() -> dict[str, str]:
    return {"beneficiary_id": f"person_key(v * {PERSONS} + {_CHILD})"}


def look_alikes(size: Size) -> list[LookAlike]:
    def act(name: str, model: str, key: dict[str, str], why: str) -> LookAlike:
        return LookAlike(f"village-seal/{model}", key, f"{done(ACTS, name, size)} AND k = 0", why)

    small = f"{villages()}, range(0, {RUNNING}, 4) AS o(n) WHERE {at(55, size.village_every)}"
    return [
        LookAlike("village-seal/contract-seal-without-decision",
                  {"matter_id": f"numbered('CH', v * {CONTRACTS} + n)"},
                  f"{small} AND {contract_total('n')} < {VOTED_FROM}", "a lease too small to be voted on"),
        act("villager's own loan", "debt-iou-seal", _VILLAGE | _MATTER, "a paper for a loan a villager takes himself"),
        act("kept while he was away", "keeper-conflict", _VILLAGE | _kept(SECRETARY),
            "the secretary kept the seal for some days while its keeper was away"),
        act("allowed the same morning", "no-approval-use", _USE, "allowed an hour before on the same day"),
        act("scanned tomorrow", "no-archive", _USE, "sealed yesterday; the network was down"),
        act("other certificates", "obsolete-cert", _VILLAGE | {"purpose": "'other'"}, "matters that may be certified"),
        act("taken to an old woman", "off-site-seal", _USE, "taken to the door of an old woman by day; the town knew"),
        act("second official allowed it", "self-benefit-certificate", _helped() | _kept(MEMBER),
            "the keeper's child, allowed by an official who is nobody's relative"),
    ]  # fmt: skip


def people_named(size: Size) -> str:
    return f"SELECT v * {PERSONS} + {_CHILD} FROM {done(ACTS, 'for his own child', size)}"
