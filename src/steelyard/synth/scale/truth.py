"""What was planted, as the keys under which findings must come."""

from collections.abc import Iterator, Mapping
from typing import Any

from steelyard.engines.duck import Duck, rows
from steelyard.synth.scale import schemes
from steelyard.synth.scale.bidding import expert_number
from steelyard.synth.scale.livelihood import FORMER_EMPLOYER
from steelyard.synth.scale.market import bidder, shadow, tenders
from steelyard.synth.scale.nouns import NOUNS
from steelyard.synth.scale.people import FIRST_OFFICIAL
from steelyard.synth.scale.size import BIDDERS, COMPANIES, PERSONS, TENDERS, Size
from steelyard.synth.scale.table import LookAlike, Planted, villages
from steelyard.synth.scale.villages import CONTRACTS, EXPIRED, LARGE, RELATIVE, SMALL
from steelyard.synth.truth import EXPERTS, PAIR

_COLLUSION = "tender-reg-collusion"
_SECTION = {"section_id": "section_id"}
_TENDER = {"tender_id": "tender_id"}
_CONTRACT = {"contract_id": "numbered('HT', t)"}


def planted(size: Size) -> list[Planted]:
    """Every kind of wrong of the made-up province."""
    own = [kind for noun in NOUNS if hasattr(noun, "planted") for kind in noun.planted(size)]
    return [*_with_tenders(size), *_in_villages(size), *own]


def look_alikes(size: Size) -> list[LookAlike]:
    """Every kind of matter that looks like a wrong and is none."""
    return [kind for noun in NOUNS if hasattr(noun, "look_alikes") for kind in noun.look_alikes(size)]


def document(duck: Duck, size: Size) -> dict[str, list[dict[str, Any]]]:
    """``wrongs`` and ``look_alikes`` as ``truth.json`` has them."""
    return {
        "wrongs": [told for kind in planted(size) for told in _wrongs(duck, size, kind)],
        "look_alikes": [
            {"model": kind.model, "key": key, "why": kind.why}
            for kind in look_alikes(size) for key in _rows(duck, size, kind.key, kind.source)
        ],
    }  # fmt: skip


def _wrongs(duck: Duck, size: Size, kind: Planted) -> Iterator[dict[str, Any]]:
    chosen = {**kind.key, **({"_when": kind.when} if kind.when else {})}
    for row in _rows(duck, size, chosen, kind.source):
        when = row.pop("_when", None)
        told: dict[str, Any] = {
            "model": kind.model, "key": row, "grade": kind.grade, "story": kind.story or kind.model,
        }  # fmt: skip
        told |= {"unordered": list(kind.unordered)} if kind.unordered else {}
        yield told | ({"when": when.isoformat()} if when else {})


def _rows(duck: Duck, size: Size, chosen: Mapping[str, str], source: str) -> list[dict[str, Any]]:
    listed = ", ".join(f"{sql} AS {column}" for column, sql in chosen.items())
    sql = f"SELECT {listed} FROM {source} ORDER BY ALL"
    return rows(duck, sql.replace("{first}", "0").replace("{last}", str(size.villages)))


def _pair(one: int, other: int) -> dict[str, str]:
    return _SECTION | {
        PAIR[0]: f"company_key({bidder(str(one))})",
        PAIR[1]: f"company_key({bidder(str(other))})",
    }


def _with_tenders(size: Size) -> list[Planted]:
    def of(kind: int, more: str = "step = 0") -> str:
        return f"{tenders(size)} WHERE kind = {kind} AND {more}"

    def each_bidder(kind: int) -> str:
        return f"{tenders(size)}, range({BIDDERS}) AS n(j) WHERE kind = {kind}"

    place = f"(t0 // {TENDERS} * {PERSONS} + 2000 + t0 % {TENDERS})"
    experts = {column: f"numbered('ZJ', {expert_number(str(n))})" for n, column in enumerate(EXPERTS)}
    pair_of_losers = {"company_id_a": f"company_key({shadow(2)})", "company_id_b": f"company_key({shadow(1)})"}
    subcontractor = _CONTRACT | {"company_id": f"company_key({bidder('3')})"}
    manager = {"person_id": f"person_key({place})", "contract_id": "numbered('HT', t)"}
    return [
        Planted("ocds/r003-short-submission-period", _TENDER, of(schemes.SHORT_PERIOD), "blue"),
        Planted("tender-reg-agency-misconduct/agency-short-period", _TENDER, of(schemes.AGENCY_HURRY), "yellow"),
        Planted("ocds/r018-single-bid", _SECTION, of(schemes.SINGLE_BID), "blue"),
        Planted("ocds/r024-price-close-to-winner", _SECTION, of(schemes.NEAR_PRICE), "yellow"),
        Planted("ocds/r028-identical-prices", _SECTION, of(schemes.SAME_PRICE), "yellow"),
        Planted("ocds/r035-all-except-winner-disqualified", _SECTION, of(schemes.ALL_REJECTED), "yellow"),
        Planted("ocds/r036-lowest-bid-disqualified", _SECTION, of(schemes.LOWEST_REJECTED), "yellow"),
        Planted("tender-reg-affiliation/pm-multi-projects", manager, of(schemes.ONE_MANAGER, "step = 1"), "yellow"),
        Planted("tender-reg-bid-trading/deposit-funder", {"funder_id": f"company_key({shadow(6)})"},
                of(schemes.FUNDER), "red"),
        Planted(f"{_COLLUSION}/price-pattern", _SECTION, of(schemes.ITEM_FACTOR), "yellow"),
        Planted(f"{_COLLUSION}/price-pattern", _SECTION, of(schemes.STEPPED_PRICES), "red"),
        Planted(f"{_COLLUSION}/bond-same-account", _pair(1, 2), of(schemes.SAME_PAYER), "red", PAIR),
        Planted(f"{_COLLUSION}/companion-bidder", pair_of_losers, of(schemes.COMPANION), "red"),
        Planted(f"{_COLLUSION}/linked-bidders", _pair(1, 2), of(schemes.LINKED), "red", PAIR),
        Planted(f"{_COLLUSION}/same-contact-or-team", _pair(1, 2), of(schemes.SAME_PHONE), "red", PAIR),
        Planted(f"{_COLLUSION}/same-device", _pair(3, 4), of(schemes.SAME_DEVICE), "red", PAIR),
        Planted(f"{_COLLUSION}/same-ip-upload", _pair(1, 2), of(schemes.SAME_IP), "yellow", PAIR),
        Planted("tender-reg-evasion/failed-tender-repeat", {"project_id": "numbered('XM', t0)"},
                of(schemes.FAILED_TWICE), "blue"),
        Planted("tender-reg-expert-collusion/identical-scores", _SECTION | experts, of(schemes.AGREED_SCORES),
                "yellow", EXPERTS),
        Planted("tender-reg-false-bidding/blacklisted-bidder",
                _SECTION | {"bidder_id": f"company_key({bidder('4')})"}, of(schemes.BLACKLISTED), "red"),
        Planted("tender-reg-false-bidding/fake-qualification",
                _SECTION | {"bidder_id": f"company_key({bidder('j')})"}, each_bidder(schemes.UNQUALIFIED), "red"),
        Planted("tender-reg-post-award/change-excess", _CONTRACT, of(schemes.CHANGED), "red"),
        Planted("tender-reg-post-award/contract-deviates", _CONTRACT, of(schemes.DEVIATING), "red"),
        Planted("tender-reg-subcontracting/loser-becomes-sub", subcontractor, of(schemes.LOSER_SUBS), "red"),
        Planted("tender-sup-award-power/invited-list-fixed", {"owner_org_id": "owner_org_id"},
                of(schemes.CLOSED_LIST), "yellow"),
    ]  # fmt: skip


def _in_villages(size: Size) -> list[Planted]:
    def of(wrong: str) -> str:
        return f"{villages()} WHERE {schemes.here(wrong, size.village_every)}"

    def lease(n: int) -> dict[str, str]:
        return {"contract_id": f"numbered('CH', v * {CONTRACTS} + {n})"}

    unpaid = "village-asset/rent-receivable-unpaid"
    hired = {"contractor_id": f"company_key(v * {COMPANIES} + {FORMER_EMPLOYER})"}
    return [
        Planted("village-project/former-employer-contractor",
                hired | {"person_id": f"person_key(v * {PERSONS} + {FIRST_OFFICIAL})"}, of("former employer"), "red"),
        Planted("village-asset/contract-expired-still-used", lease(EXPIRED), of("expired lease"), "red"),
        Planted(unpaid, lease(LARGE), of("large arrears"), "red"),
        Planted(unpaid, lease(RELATIVE), of("relative owes"), "red"),
        Planted(unpaid, lease(SMALL), of("small arrears"), "yellow"),
    ]  # fmt: skip
