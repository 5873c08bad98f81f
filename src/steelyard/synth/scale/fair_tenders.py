"""Tenders that are in order although they look like those of the planted wrongs."""

from steelyard.synth.scale import schemes
from steelyard.synth.scale.bidding import expert_number, fair_funder
from steelyard.synth.scale.market import bidder, shadow, tenders
from steelyard.synth.scale.size import PERSONS, TENDERS, Size
from steelyard.synth.scale.table import LookAlike, Made
from steelyard.synth.truth import EXPERTS, PAIR

_SECTION = {"section_id": "section_id"}
_TENDER = {"tender_id": "tender_id"}
_CONTRACT = {"contract_id": "numbered('HT', t)"}


def tables(size: Size) -> list[Made]:
    """What they are made of is in the tables of tenders, bids and works."""
    return []


def _pair(one: int, other: int) -> dict[str, str]:
    return _SECTION | {PAIR[0]: f"company_key({bidder(str(one))})", PAIR[1]: f"company_key({bidder(str(other))})"}


def look_alikes(size: Size) -> list[LookAlike]:
    def of(model: str, kind: int, key: dict[str, str], why: str, step: int = 0) -> LookAlike:
        return LookAlike(model, key, f"{tenders(size)} WHERE kind = {kind} AND step = {step}", why)

    collusion, after = "tender-reg-collusion", "tender-reg-post-award"
    firms = {"company_id_a": f"company_key({shadow(4)})", "company_id_b": f"company_key({shadow(3)})"}
    manager = {"person_id": f"person_key(t0 // {TENDERS} * {PERSONS} + 2000 + t0 % {TENDERS})"} | _CONTRACT
    experts = {column: f"numbered('ZJ', {expert_number(str(n))})" for n, column in enumerate(EXPERTS)}
    return [
        of("ocds/r003-short-submission-period", schemes.FIFTEEN_DAYS, _TENDER, "invited, with just as many days"),
        of("ocds/r018-single-bid", schemes.ONE_OFFERED, _SECTION, "negotiated with the only one who can"),
        of("ocds/r024-price-close-to-winner", schemes.FIXED_PRICE, _SECTION, "the price is fixed, lots are drawn"),
        of("ocds/r028-identical-prices", schemes.FIXED_PRICE, _SECTION, "the price is fixed, lots are drawn"),
        of("ocds/r035-all-except-winner-disqualified", schemes.THREE_REJECTED, _SECTION, "others stayed in the race"),
        of("ocds/r036-lowest-bid-disqualified", schemes.AVERAGED, _SECTION, "the mean price wins, not the lowest"),
        of("tender-reg-affiliation/pm-multi-projects", schemes.SITE_AFTER_SITE, manager, "one site after the other", 1),
        of("tender-reg-agency-misconduct/agency-short-period", schemes.TWENTY_DAYS, _TENDER, "just as many days"),
        of("tender-reg-bid-trading/deposit-funder", schemes.TWO_FUNDED, {"funder_id": fair_funder()},
           "paid for two, not for three"),
        of(f"{collusion}/bond-same-account", schemes.BY_PLATFORM, _pair(1, 2), "the guarantor itself paid for both"),
        of(f"{collusion}/companion-bidder", schemes.MEETS_OFTEN, firms, "a small market in which either wins"),
        of(f"{collusion}/linked-bidders", schemes.MINORITY, _pair(1, 2), "one person owns less than half of either"),
        of(f"{collusion}/price-pattern", schemes.HALF_ALIKE, _SECTION, "half the items follow the norm"),
        of(f"{collusion}/same-contact-or-team", schemes.NO_NUMBER, _pair(1, 2), "neither gave a telephone"),
        of(f"{collusion}/same-device", schemes.VIRTUAL, _pair(3, 4), "the address every virtual machine has"),
        of(f"{collusion}/same-ip-upload", schemes.OTHER_HOUR, _pair(1, 2), "one business park, hours apart"),
        of("tender-reg-evasion/failed-tender-repeat", schemes.ONE_RETRY, {"project_id": "numbered('XM', t0)"},
           "failed once and then found a bidder"),
        of("tender-reg-expert-collusion/identical-scores", schemes.FEW_LEVELS, _SECTION | experts,
           "so few levels that all five agree"),
        of("tender-reg-false-bidding/blacklisted-bidder", schemes.LEFT_THE_LIST,
           _SECTION | {"bidder_id": f"company_key({bidder('4')})"}, "off the list before it bid"),
        of("tender-reg-false-bidding/fake-qualification", schemes.EXACT_GRADE,
           _SECTION | {"bidder_id": f"company_key({bidder('1')})"}, "just the grade that was asked for"),
        of(f"{after}/change-excess", schemes.TENTH_MORE, _CONTRACT, "a tenth and not a yuan more"),
        of(f"{after}/contract-deviates", schemes.ROUNDED, _CONTRACT, "a sum was added up wrongly"),
        of("tender-reg-subcontracting/loser-becomes-sub", schemes.ELSEWHERE,
           _CONTRACT | {"company_id": f"company_key({bidder('6')})"}, "a firm of the market that did not bid here"),
        of("tender-sup-award-power/invited-list-fixed", schemes.FRAMEWORK, {"owner_org_id": "owner_org_id"},
           "call-offs of one framework go to one winner"),
    ]  # fmt: skip
