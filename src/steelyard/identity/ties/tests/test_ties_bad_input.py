"""What departments deliver that cannot be: it is told, and breaks nothing."""

import pytest

from steelyard.identity.ties import making as building

KIN = {"relation": "父亲", "degree": 1, "confidence": 1}


def faults(built):
    return {(fault.fault, fault.node) for fault in built.faults()}


def test_a_person_who_is_his_own_father(pool, ties):
    pool.put("kinship", KIN | {"person_id": "P1", "relative_id": "P1"}, KIN | {"person_id": "P1", "relative_id": "P2"})
    built = ties()
    assert faults(built) == {("tied-to-itself", "P1")}
    assert [party.party_id for party in built.related("P1").parties] == ["P1", "P2"]
    assert built.faults()[0].row == 1


def test_two_people_who_are_each_others_father(pool, ties):
    pool.put("kinship", KIN | {"person_id": "P1", "relative_id": "P2"}, KIN | {"person_id": "P2", "relative_id": "P1"})
    built = ties()
    assert ("parents-of-each-other", "P1") in faults(built)
    assert [party.party_id for party in built.related("P1").parties] == ["P1", "P2"]


def test_shares_over_the_whole(pool, ties):
    pool.put(
        "shareholder",
        {"holder_id": "P1", "company_id": "C1", "ratio": 60, "from_date": "2020-01-01"},
        {"holder_id": "P1", "company_id": "C2", "ratio": 0.7, "from_date": "2020-01-01"},
        {"holder_id": "P2", "company_id": "C2", "ratio": 0.6, "from_date": "2020-01-01"},
    )
    built = ties()
    assert faults(built) == {("share-out-of-range", "P1"), ("shares-over-the-whole", "C2")}
    by_party = {party.party_id: party for party in built.related("P1").parties}
    assert (by_party["C1"].share, by_party["C1"].strength) == (None, 0.5)
    assert by_party["C2"].share == 0.7
    assert [held.company for held in built.holdings("P1")] == ["C2"]


def test_periods_that_end_before_they_begin(pool, ties):
    pool.put(
        "shareholder",
        {"holder_id": "P1", "company_id": "C1", "ratio": 0.5, "from_date": "2020-01-01", "to_date": "2019-01-01"},
    )
    built = ties()
    assert faults(built) == {("period-reversed", "P1")}
    assert [party.party_id for party in built.related("P1").parties] == ["P1"]


def test_a_company_that_holds_itself_and_a_ring_of_three(pool, ties):
    rings = [("C1", "C1"), ("C2", "C3"), ("C3", "C4"), ("C4", "C2")]
    pool.put(
        "shareholder",
        *[{"holder_id": a, "company_id": b, "ratio": 0.9, "from_date": "2020-01-01"} for a, b in rings],
        {"holder_id": "P1", "company_id": "C2", "ratio": 0.1, "from_date": "2020-01-01"},
    )
    built = ties()
    assert faults(built) >= {
        ("tied-to-itself", "C1"),
        ("ownership-ring", "C2"),
        ("ownership-ring", "C3"),
        ("ownership-ring", "C4"),
    }
    held = {held.company: held for held in built.holdings("P1")}
    # Three levels down, and once round the ring: six levels are the most.
    assert held["C4"].share == pytest.approx(0.081 + 0.081 * 0.729)
    assert held["C4"].levels == 6


def test_kinship_of_a_degree_that_is_none_is_told_and_not_followed(pool, ties):
    pool.put(
        "kinship",
        KIN | {"person_id": "P1", "relative_id": "P2", "degree": 7},
        KIN | {"person_id": "P1", "relative_id": "P3", "confidence": 3},
    )
    built = ties()
    assert {fault for fault, _ in faults(built)} == {"degree-unknown", "confidence-out-of-range"}
    assert [party.party_id for party in built.related("P1").parties] == ["P1"]
    assert built.neighbours("P1", ["kin"]).total == 4


def test_an_empty_pool_has_no_ties(pool, ties):
    built = ties()
    assert sum(built.made.ties.values()) == 1  # the official's own post
    assert [party.relation for party in built.related("P1").parties] == ["self"]


def test_a_build_that_breaks_leaves_what_was_in_force(pool, ties, monkeypatch, tmp_path):
    before = ties().made
    monkeypatch.setattr(building, "put_related", lambda *_, **__: 1 / 0)
    pool.put("company", {"company_id": "C1", "name": "C1", "status": "active", "legal_rep_id": "P1"})
    with pytest.raises(ZeroDivisionError):
        ties()
    assert building.store.made_of(building.store.current_folder(tmp_path / "ties")) == before
    assert len([one for one in (tmp_path / "ties").iterdir() if one.is_dir()]) == 1
