"""Ties told by outside publishers stand beside those of the pool, and are never surer than their publisher."""

import dataclasses

import pyarrow as pa

from steelyard.identity import exchange
from steelyard.identity.ties.who import Who


def told(*rows, delivery="i1"):
    """Who is who with imported ties: kind, a, b and what else is told."""
    full = [
        {"publisher": "reg", "id": f"t{n}", "delivery": delivery, "kind": kind, "a": a, "b": b, "basis": "told",
         "file": "a.json", "row": n} | more
        for n, (kind, a, b, more) in enumerate(rows)
    ]  # fmt: skip
    none = Who.none()
    return dataclasses.replace(none, imported=pa.Table.from_pylist(full, schema=none.imported.schema))


def test_an_imported_owner_is_on_the_path_and_marks_it_as_told_by_its_source(ties):
    who = told(("ownership", "P1", "C1", {"share": 0.4, "confidence": 0.9}), ("kin", "P2", "P1", {"degree": 1}))
    kept = ties(who=who)
    party = {one.party_id: one for one in kept.related("P1").parties}
    assert (party["C1"].min_tier, party["C1"].share) == ("source", 0.4)
    assert party["P2"].relation == "relative"
    (tie,) = kept.neighbours("C1").ties
    assert (tie.dataset, tie.delivery, tie.file, tie.row) == ("import:reg", "i1", "a.json", 0)


def test_two_who_are_told_to_share_a_phone_share_it(ties):
    kept = ties(who=told(("phone", "P1", "P2", {})))
    assert [one.party_id for one in kept.related("P1").parties if one.hops] == ["P2"]


def test_a_refresh_reads_what_was_imported_since(ties):
    ties(who=told(("ownership", "P1", "C1", {"share": 0.4})))
    kept = ties(who=told(("ownership", "P1", "C2", {"share": 0.4}), delivery="i2"), full=False)
    assert {one.party_id for one in kept.related("P1").parties if one.hops} == {"C2"}


def test_an_export_reads_the_ties_in_force(ties):
    kept = ties(who=told(("ownership", "P1", "C1", {"share": 0.4}), ("ownership", "C1", "C2", {"share": 1.0}),
                         ("phone", "P1", "P9", {})))  # fmt: skip
    near = exchange.neighbourhood(kept, ["P1"], 1)
    assert {(one.a, one.b, one.kind) for one in near.ties if one.kind != "office"} == {
        ("P1", "C1", "ownership"), ("P1", "P9", "phone"),
    }  # fmt: skip
    assert near.keys >= {"P1", "C1", "P9"}
    assert {"C1", "C2", "P9"} <= exchange.related_parties(kept, ["P1"]).keys
    assert {(one.a, one.b) for one in exchange.among(kept, ["C1", "C2"]).ties} == {("C1", "C2")}
