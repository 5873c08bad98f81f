"""What goes wrong with works of a village, by whom and why, and what only looks as if."""

from steelyard.synth.scale import schemes
from steelyard.synth.scale.acts import Act, done
from steelyard.synth.scale.companies import BROTHER, COLLECTIVE, COUSIN, MINORITY, OWN, SON
from steelyard.synth.scale.livelihood import DISPATCHER, FORMER_EMPLOYER, LEFT_LONG_AGO
from steelyard.synth.scale.people import FIRST_OFFICIAL, relative
from steelyard.synth.scale.size import COMPANIES, PERSONS, Size
from steelyard.synth.scale.table import LookAlike, Planted, villages

LOCAL = 39
"""A firm of the village that builds in it and nowhere else."""
NEIGHBOUR, OTHER_LOCAL = 38, 37
"""More of the village's small firms."""
LABOUR_OFFICE = 45
HELD, HOLDER = 1, 8
"""Two firms of a village of which one holds three tenths of the other."""
BASE = {"former employer": 7, "brother builds": 2, "one firm builds": 52, "few firms": 57}
"""What is done with the ordinary projects of a village, out of sixty."""


def _firm(slot: int) -> str:
    return f"v * {COMPANIES} + {slot}"


def _person(number: str) -> str:
    return f"person_key(v * {PERSONS} + {number})"


ACTS = (
    Act("son's contracts", 6, {"ago": "200 + 15 * k", "firm": _firm(SON), "worth": "180000", "held": "3"}, 3),
    Act("deputy's own firm", 12,
        {"ago": "320", "firm": _firm(OWN), "worth": "95000", "begun_ago": "340", "acceptor": "3"}),
    Act("paid before approved", 16, {"ago": "260", "worth": "60000", "first_ago": "290"}),
    Act("padded bill", 18, {"ago": "400 + 120 * k", "worth": "130000", "changed": "NULL", "cut": "0.24"}, 2),
    Act("bill cut once", 26, {"ago": "420", "worth": "110000", "changed": "NULL", "cut": "0.18"}),
    Act("changed without end", 21, {"ago": "380", "worth": "150000", "changed": "34500"}),
    Act("unapproved change", 27, {"ago": "300", "worth": "140000", "changed": "7000"}),
    Act("changed beyond the limit", 31, {"ago": "310", "worth": "140000", "changed": "21000"}),
    Act("paid by two funds", 32,
        {"ago": "400 + 200 * k", "title": "place_name(v) || '村文化礼堂' || ['新建工程', '新建项目'][1 + k]",
         "spot": "place_name(v) || '村祠堂旁'", "fund": "['fiscal', 'donation'][1 + k]"}, 2),
    Act("no vote", 36, {"ago": "280", "held": "3", "worth": "88000"}),
    Act("half the room", 41, {"ago": "290", "present": "20", "worth": "86000"}),
    Act("paid to his wife", 22, {"ago": "240", "worth": "120000", "payee": _person(relative(0, 0))}),
    Act("paid ahead", 33, {"ago": "210", "worth": "90000", "first_share": "0.6", "first_progress": "0.2"}),
    Act("paid too much", 42, {"ago": "650", "worth": "90000", "changed": "NULL", "cut": "0", "owed": "settled * 1.05"}),
    Act("two halves", 43, {"ago": "330 + 30 * k", "firm": _firm(LOCAL), "worth": "215000"}, 2),
    Act("held bidder", 46, {"ago": "350", "firm": _firm(HELD), "loser": _firm(HOLDER), "worth": "160000"}),
    Act("one phone", 47, {"ago": "360", "worth": "150000", "firm": _firm(LOCAL), "loser": _firm(NEIGHBOUR),
                          "phone": "CASE WHEN j < 2 THEN firm END"}),
    Act("never accepted", 48, {"ago": "600", "accept_ago": "NULL", "settled": "true", "worth": "70000"}),
    # and what is in order
    Act("prices fell", 55, {"ago": "430", "worth": "120000", "changed": "NULL", "cut": "0.13"}),
    Act("measured again", 56, {"ago": "370", "worth": "150000", "changed": "13500"}),
    Act("a twentieth held", 58, {"ago": "340", "firm": _firm(MINORITY[1]), "loser": _firm(MINORITY[0])}),
    Act("done again after years", 55,
        {"ago": "100 + 1500 * k", "title": "place_name(v) || '村水库加固工程'",
         "spot": "place_name(v) || '村水库'", "fund": "['fiscal', 'collective'][1 + k]"}, 2),
    Act("small repair", 56, {"ago": "150", "worth": "9800", "held": "0"}),
    Act("village's own company", 58, {"ago": "250", "firm": _firm(COLLECTIVE), "worth": "75000"}),
    Act("wages paid out", 59, {"ago": "270", "worth": "125000", "payee": f"company_key({_firm(LABOUR_OFFICE)})"}),
    Act("agreed advance", 55, {"ago": "220", "worth": "98000", "first_share": "0.09", "first_progress": "0"}),
    Act("cousin's firm", 56, {"ago": "350", "firm": _firm(COUSIN), "worth": "65000"}),
    Act("two sites, two years", 58, {"ago": "180 + 200 * k", "firm": _firm(OTHER_LOCAL), "worth": "230000"}, 2),
    Act("begun at once", 59, {"ago": "190", "approved_ago": "ago", "begun_ago": "ago"}),
    Act("late but not too late", 59, {"ago": "278", "accept_ago": "NULL", "settled": "false"}),
    Act("left that firm long ago", LEFT_LONG_AGO, {"ago": "500", "firm": _firm(FORMER_EMPLOYER), "worth": "55000"}),
)  # fmt: skip
_PROJECT = {"project_id": "numbered('GC', id)"}
_VILLAGE = {"village_code": "village_code(v)"}


def base(name: str, size: Size) -> str:
    """SQL: whether something is done with the ordinary projects of the village ``v``."""
    return schemes.at(BASE[name], size.village_every)


def _contractor(slot: int) -> dict[str, str]:
    return {"contractor_id": f"company_key({_firm(slot)})"}


def _official(number: int) -> dict[str, str]:
    return {"person_id": _person(str(FIRST_OFFICIAL + number))}


def planted(size: Size) -> list[Planted]:
    def act(name: str, model: str, key: dict[str, str], grade: str, ago: str = "", more: str = "") -> Planted:
        source = done(ACTS, name, size) + (f" AND {more}" if more else "")
        return Planted(f"village-project/{model}", key, source, grade, story=name, when=f"before({ago})" if ago else "")

    def ordinary(name: str, model: str, key: dict[str, str], grade: str) -> Planted:
        return Planted(f"village-project/{model}", key, f"{villages()} WHERE {base(name, size)}", grade, story=name)

    son, wife = _VILLAGE | _contractor(SON), _PROJECT | {"payee_id": _person(relative(0, 0))}
    pair = {"project_id_a": "numbered('GC', id)", "project_id_b": "numbered('GC', id + 1)"}
    return [
        act("son's contracts", "split-below-threshold", son, "red", "200", "k = 0"),
        act("son's contracts", "relative-contractor", _contractor(SON) | _official(0), "red", "230", "k = 0"),
        act("son's contracts", "no-democratic-decision", _PROJECT, "red", "200 + 15 * k"),
        act("deputy's own firm", "own-company-contractor", _contractor(OWN) | _official(2), "red", "320"),
        act("deputy's own firm", "start-before-approval", _PROJECT, "yellow", "340"),
        act("deputy's own firm", "unaccepted-used-settled", _PROJECT, "yellow", "320"),
        act("paid before approved", "start-before-approval", _PROJECT, "red", "290"),
        act("padded bill", "audit-cut-large", _PROJECT, "yellow"),
        act("bill cut once", "audit-cut-large", _PROJECT, "blue"),
        act("changed without end", "change-over-limit", _PROJECT, "red", "340"),
        act("unapproved change", "change-over-limit", _PROJECT, "red", "260"),
        act("changed beyond the limit", "change-over-limit", _PROJECT, "yellow", "270"),
        act("paid by two funds", "ghost-project", pair, "red", "400", "k = 0"),
        act("no vote", "no-democratic-decision", _PROJECT, "red", "280"),
        act("half the room", "no-democratic-decision", _PROJECT, "red", "290"),
        act("paid to his wife", "payee-not-contractor", wife, "red", "150"),
        act("paid ahead", "payment-ahead-of-progress", _PROJECT, "yellow", "170"),
        act("paid too much", "payment-ahead-of-progress", _PROJECT, "red"),
        act("two halves", "split-below-threshold", _VILLAGE | _contractor(LOCAL), "yellow", "330", "k = 0"),
        act("held bidder", "collusive-quotes", _pair(_firm(HELD), _firm(HOLDER)), "red", "362"),
        act("one phone", "collusive-quotes", _pair(_firm(NEIGHBOUR), _firm(LOCAL)), "red", "372"),
        act("never accepted", "unaccepted-used-settled", _PROJECT, "yellow"),
        ordinary("brother builds", "concentrated-contractor", _VILLAGE | _contractor(BROTHER), "red"),
        ordinary("brother builds", "relative-contractor", _contractor(BROTHER) | _official(1), "red"),
        ordinary("one firm builds", "concentrated-contractor", _VILLAGE | _contractor(LOCAL), "yellow"),
    ]  # fmt: skip


def _pair(one: str, other: str) -> dict[str, str]:
    return _PROJECT | {"company_id_a": f"company_key({one})", "company_id_b": f"company_key({other})"}


def look_alikes(size: Size) -> list[LookAlike]:
    def act(name: str, model: str, key: dict[str, str], why: str) -> LookAlike:
        return LookAlike(f"village-project/{model}", key, f"{done(ACTS, name, size)} AND k = 0", why)

    again = {"project_id_a": "numbered('GC', id)", "project_id_b": "numbered('GC', id + 1)"}
    held = _pair(_firm(MINORITY[1]), _firm(MINORITY[0]))
    secretary = _official(0)
    return [
        act("prices fell", "audit-cut-large", _PROJECT, "the index of material prices fell by 13 %"),
        act("measured again", "change-over-limit", _PROJECT,
            "quantities were measured: 9 % more with an approval, 5 % less without one"),
        act("a twentieth held", "collusive-quotes", held, "one bidder holds a twentieth of the other and runs nothing"),
        act("done again after years", "ghost-project", again, "the reservoir was mended again four years later"),
        act("small repair", "no-democratic-decision", _PROJECT, "a repair below the amount that must be decided on"),
        act("village's own company", "own-company-contractor", _contractor(COLLECTIVE) | secretary,
            "the village's own company, which its secretary represents because he is the secretary"),
        act("wages paid out", "payee-not-contractor", _PROJECT | {"payee_id": f"company_key({_firm(LABOUR_OFFICE)})"},
            "wages went through the workers' account at a labour office"),
        act("agreed advance", "payment-ahead-of-progress", _PROJECT, "an advance of 9 % was agreed"),
        act("cousin's firm", "relative-contractor", _contractor(COUSIN) | secretary,
            "a cousin known from a household book alone, a tie too weak and too far"),
        act("two sites, two years", "split-below-threshold", _VILLAGE | _contractor(OTHER_LOCAL),
            "two sites paid for in two years"),
        act("begun at once", "start-before-approval", _PROJECT, "approved, signed and begun on one day"),
        act("late but not too late", "unaccepted-used-settled", _PROJECT, "works stood still and are 171 days late"),
        act("left that firm long ago", "former-employer-contractor", _contractor(FORMER_EMPLOYER) | secretary,
            "left the firm more than five years before it was given works"),
        LookAlike("village-project/former-employer-contractor", _contractor(DISPATCHER) | secretary,
                  f"{villages()} WHERE {base('former employer', size)}",
                  "an agency that insures people for others and builds nothing"),
        LookAlike("village-project/concentrated-contractor", _VILLAGE | _contractor(LOCAL),
                  f"{villages()} WHERE {base('few firms', size)}",
                  "a remote village where few firms come: one has thirteen of thirty-two works"),
    ]  # fmt: skip


def people_named(size: Size) -> str:
    """SQL: the relatives in whose firms' favour it is done, as far as the register would not know them."""
    return f"SELECT v * {PERSONS} + {relative(1, 3)} FROM {villages()} WHERE {base('brother builds', size)}"


def companies_named(size: Size) -> str:
    """SQL: the firms that the wrongs favour."""
    brother = f"SELECT {_firm(BROTHER)} FROM {villages()} WHERE {base('brother builds', size)}"
    acts = (("son's contracts", SON), ("deputy's own firm", OWN), ("one phone", LOCAL), ("one phone", NEIGHBOUR))
    listed = [f"SELECT {_firm(slot)} FROM {done(ACTS, name, size)}" for name, slot in acts]
    return " UNION ".join([brother, *listed])
