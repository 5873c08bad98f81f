import datetime as dt

import pyarrow as pa
import pytest

from steelyard.identity.overlay import Overlay
from steelyard.identity.ties import in_words
from steelyard.identity.ties.who import Who

SPOUSE = {
    "person_id": "P1",
    "relative_id": "P2",
    "relation": "配偶",
    "degree": 1,
    "confidence": 0.9,
    "from_date": "2010-01-01",
}


def parties(relations, relation=None):
    return {one.party_id for one in relations.parties if relation in (None, one.relation) and one.hops}


def one(relations, party):
    found = [path for path in relations.parties if path.party_id == party]
    assert len(found) == 1, found
    return found[0]


def company(name, legal=None, **more):
    return {"company_id": name, "name": name, "status": "active", "legal_rep_id": legal, **more}


def holding(holder, held, ratio, since="2018-01-01", until=None):
    return {"holder_id": holder, "company_id": held, "ratio": ratio, "from_date": since, "to_date": until}


def test_the_spouses_company_is_within_two_hops_with_its_steps(pool, ties):
    pool.put("kinship", SPOUSE)
    pool.put("shareholder", holding("P2", "C1", 0.5, "2016-01-01", "2024-12-31"))
    path = one(ties().related("P1"), "C1")
    assert (path.relation, path.hops, path.levels, path.degree) == ("relative_controls", 2, 1, 1)
    assert (path.share, path.strength, path.min_tier) == (0.5, pytest.approx(0.45), "T1")
    assert (path.from_date, path.to_date) == (dt.date(2016, 1, 1), dt.date(2024, 12, 31))
    assert path.path == "配偶 > shareholder"
    assert [(step.start, step.kind, step.end) for step in path.steps] == [
        ("P1", "kin", "P2"),
        ("P2", "ownership", "C1"),
    ]
    assert [step.ties[0].dataset for step in path.steps] == ["kinship", "shareholder"]
    assert path.steps[0].ties[0].row == 1
    assert in_words(path.steps, str, "en") == "P1 —[spouse]→ P2 —[shareholder]→ C1"
    assert in_words(path.steps, str, "zh") == "P1 —[配偶]→ P2 —[股东]→ C1"


def test_a_marriage_over_before_the_share_was_bought_is_no_path(pool, ties):
    pool.put("kinship", SPOUSE | {"to_date": "2015-12-31"})
    pool.put("shareholder", holding("P2", "C1", 0.5, "2016-01-01"))
    assert parties(ties().related("P1")) == {"P2"}


def test_a_day_asked_for_leaves_out_what_did_not_stand_then(pool, ties):
    pool.put("kinship", SPOUSE)
    pool.put(
        "shareholder", holding("P2", "C1", 0.5, "2016-01-01", "2018-12-31"), holding("P2", "C2", 0.5, "2020-01-01")
    )
    built = ties()
    assert parties(built.related("P1", dt.date(2017, 1, 1))) == {"P2", "C1"}
    assert parties(built.related("P1", dt.date(2021, 1, 1))) == {"P2", "C2"}
    assert parties(built.related("P1", dt.date(2005, 1, 1))) == set()
    assert parties(built.related("P1", dt.date(2019, 6, 1))) == {"P2"}


def test_control_goes_through_companies_as_far_as_the_hops_allow(pool, ties):
    pool.put("company", company("C1", "P1"))
    pool.put("shareholder", holding("C1", "C2", 0.6), holding("C2", "C3", 0.5), holding("C3", "C4", 0.5))
    built = ties()
    found = built.related("P1")
    assert parties(found) == {"C1", "C2", "C3"}
    assert (one(found, "C3").levels, one(found, "C3").share) == (3, pytest.approx(0.3))
    assert parties(built.related("P1", hops=1)) == {"C1"}
    assert parties(built.related("P1", hops=5)) == {"C1", "C2", "C3"}


def test_with_a_hop_more_a_relatives_third_company_is_reached(pool, ties):
    pool.put("kinship", SPOUSE)
    pool.put("company", company("C1", "P2"))
    pool.put("shareholder", holding("C1", "C2", 0.6), holding("C2", "C3", 0.5))
    built = ties()
    assert parties(built.related("P1")) == {"P2", "C1", "C2"}
    assert parties(built.related("P1", hops=4)) == {"P2", "C1", "C2", "C3"}


def test_companies_that_hold_each_other_do_not_loop(pool, ties):
    pool.put("company", company("C1", "P1"))
    pool.put("shareholder", holding("C1", "C2", 0.5), holding("C2", "C1", 0.5))
    built = ties()
    assert sorted(path.party_id for path in built.related("P1").parties) == ["C1", "C2", "P1"]
    assert {fault.node for fault in built.faults("ownership-ring")} == {"C1", "C2"}


def test_a_share_of_a_share_below_a_thousandth_is_no_control(pool, ties):
    pool.put("shareholder", holding("P1", "C1", 0.03), holding("C1", "C2", 0.03))
    assert parties(ties().related("P1")) == {"C1"}


def test_a_service_address_with_many_firms_is_no_tie_and_the_answer_says_so(pool, ties):
    address = {"address": "县城大道一号代办中心"}
    firms = [company(f"F{number}", **address) for number in range(51)]
    pool.put("company", company("C1", "P1", **address), *firms)
    found = ties().related("P1")
    assert parties(found) == {"C1"}
    assert [(cut.kind, cut.count) for cut in found.cuts] == [("address", 52)]
    pool.put("company", company("C1", "P1", **address), *firms[:49])
    found = ties().related("P1")
    assert len(parties(found, "shared")) == 49
    assert found.cuts == ()
    assert all(path.weak for path in found.parties if path.relation == "shared")


def test_a_nominee_with_many_companies_is_not_gone_through(pool, ties):
    pool.put("kinship", SPOUSE)
    pool.put("shareholder", *[holding("P2", f"C{number}", 0.2) for number in range(51)])
    built = ties()
    found = built.related("P1")
    assert parties(found) == {"P2"}
    assert [(cut.node, cut.kind, cut.count) for cut in found.cuts] == [("P2", "ownership", 51)]
    assert built.hints("P2") == {"many-holdings": 51}
    assert built.hubs()[0].node == "P2"


def test_many_rows_about_one_neighbour_make_no_hub(pool, ties):
    pool.put(
        "bid",
        *[
            {"bid_id": str(n), "section_id": "S1", "bidder_id": "C1", "submit_time": f"2020-01-01 00:00:{n}"}
            for n in range(60)
        ],
    )
    assert ties().hubs() == ()


def test_the_weakest_tier_of_the_path_is_told(pool, ties):
    pool.put("kinship", SPOUSE)
    pool.put("shareholder", holding("P2", "C1", 0.5))
    none = Who.none()
    subjects = pa.table({"key": ["C1"], "rank": pa.array([4], pa.int64())})
    found = ties(who=Who(none.overlay, none.links, subjects)).related("P1")
    assert one(found, "P2").min_tier == "T1"
    assert one(found, "C1").min_tier == "source"


def test_a_row_linked_by_chance_carries_its_tier_along(pool, ties):
    pool.put("kinship", SPOUSE)
    pool.put("company_officer", {"company_id": "C1", "person_id": None, "role": "director", "from_date": "2019-01-01"})
    none = Who.none()
    assert parties(ties().related("P1")) == {"P2"}
    place = {
        "dataset": ["company_officer"],
        "delivery": ["d1"],
        "file": ["company_officer.csv"],
        "row": pa.array([1], pa.int64()),
    }
    overlay = Overlay(
        1, pa.table({**place, "column_name": ["person_id"], "key": ["P2"], "sure": [False]}), none.overlay.aliases
    )
    who = Who(overlay, pa.table({**place, "rank": pa.array([3], pa.int64())}), none.subjects)
    path = one(ties(who=who).related("P1"), "C1")
    assert (path.min_tier, path.path) == ("T3", "配偶 > director")


def test_merged_subjects_are_one_node(pool, ties):
    pool.put("kinship", SPOUSE)
    pool.put("company", company("C1", "P2-again"))
    none = Who.none()
    overlay = Overlay(1, none.overlay.links, pa.table({"old": ["P2-again"], "key": ["P2"]}))
    built = ties(who=Who(overlay, none.links, none.subjects))
    assert parties(built.related("P1")) == {"P2", "C1"}
    assert built.neighbours("P2-again").node == "P2"
    assert built.neighbours("P2-again").total == 3


def test_people_of_one_household_are_near_but_flagged(pool, ties):
    pool.put("household_member", {"household_id": "H1", "person_id": "P1"}, {"household_id": "H1", "person_id": "P3"})
    pool.put("company", company("C1", "P3"))
    path = one(ties().related("P1"), "C1")
    assert (path.weak, path.path, path.degree) == (True, "household > legal_rep", None)
    assert path.steps[0].bridge.startswith("household:")


def test_a_shared_phone_is_found_however_it_is_written_and_never_stored(pool, ties, tmp_path):
    pool.put("person", {"person_id": "P1", "name": "张", "phone": "+86 138-0000-1111"})
    pool.put("company", company("C1", phone="13800001111"), company("C2", phone="无"), company("C3", phone="无"))
    found = ties().related("P1")
    assert parties(found) == {"C1"}
    assert one(found, "C1").path == "self > phone"
    kept = b"".join(file.read_bytes() for file in (tmp_path / "ties").rglob("*.parquet"))
    assert b"0000" not in kept or b"13800001111" not in kept


def test_a_phone_seen_at_two_times_far_apart_ties_nobody(pool, ties):
    quotes = (
        {
            "purchase_id": "B1",
            "supplier_id": "P1",
            "submit_time": "2015-01-01 00:00:00",
            "contact_phone": "13800001111",
        },
        {
            "purchase_id": "B2",
            "supplier_id": "C1",
            "submit_time": "2020-01-01 00:00:00",
            "contact_phone": "13800001111",
        },
    )
    pool.put("soe_quote", *quotes)
    assert parties(ties().related("P1")) == set()
    pool.put("soe_quote", quotes[0], quotes[1] | {"submit_time": "2015-03-01 00:00:00"})
    assert parties(ties().related("P1")) == {"C1"}


def test_somebody_who_is_no_official_is_looked_at_on_the_spot(pool, ties):
    pool.put("company", company("C1", "P9"))
    assert parties(ties().related("P9")) == {"C1"}
    assert ties().related("nobody").parties == ()


def test_an_agent_who_files_for_many_is_nobodys_party(pool, ties):
    pool.put("company", company("C1", "P1"))
    filed = [{"company_id": f"F{number}", "agent_person_id": "P7"} for number in range(50)]
    pool.put("company_agent", {"company_id": "C1", "agent_person_id": "P7"}, *filed[:40])
    assert parties(ties().related("P1")) == {"C1", "P7"}
    pool.put("company_agent", {"company_id": "C1", "agent_person_id": "P7"}, *filed)
    found = ties().related("P1")
    assert parties(found) == {"C1"}
    assert [(cut.node, cut.kind, cut.count) for cut in found.cuts] == [("P7", "agent", 51)]


def test_ways_between_two_are_found_and_end_at_hubs(pool, ties):
    pool.put("kinship", SPOUSE)
    pool.put("company", company("C1", "P2", phone="13800001111"), company("C2", phone="13800001111"))
    built = ties()
    found = built.paths_between("P1", "C2")
    assert [path.nodes[0 :: len(path.nodes) - 1] for path in found.paths] == [("P1", "C2")]
    assert [step.kind for step in found.paths[0].steps] == ["kin", "office", "phone"]
    assert found.complete
    assert built.paths_between("P1", "C2", hops=2).paths == ()
    assert built.paths_between("P1", "C2", dt.date(2000, 1, 1)).paths == ()
    pool.put(
        "company",
        company("C1", "P2", phone="13800001111"),
        company("C2", phone="13800001111"),
        *[company(f"F{number}", phone="13800001111") for number in range(60)],
    )
    found = ties().paths_between("P1", "C2")
    assert found.paths == ()
    assert [(cut.kind, cut.count) for cut in found.cuts] == [("phone", 62)]
