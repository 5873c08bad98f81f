"""How sure an edge is."""

import json

from steelyard.identity.linkage import tiered


def scored(a, b, weight, evidence="{}"):
    return {"a": a, "b": b, "weight": weight, "probability": 1 - 1 / (1 + 2**weight), "evidence": evidence}


def tiers(*edges):
    return {(row["a"], row["b"]): row["tier"] for row in tiered(edges).to_pylist()}


def test_a_sure_match_alone_is_t3_and_a_doubtful_one_a_question():
    assert tiers(scored("r:1", "s:1", 9.0), scored("r:2", "s:2", 4.0), scored("r:3", "s:3", 1.0)) == {
        ("r:1", "s:1"): "T3", ("r:2", "s:2"): "T4", ("r:3", "s:3"): None,
    }  # fmt: skip


def test_without_a_margin_to_the_second_best_neither_is_linked():
    assert set(tiers(scored("r:1", "s:1", 12.0), scored("r:1", "s:2", 8.0)).values()) == {"T4"}
    assert tiers(scored("r:1", "s:1", 14.0), scored("r:1", "s:2", 8.0)) == {
        ("r:1", "s:1"): "T3", ("r:1", "s:2"): "T4",
    }  # fmt: skip


def test_a_subject_may_have_many_records():
    assert set(tiers(scored("r:1", "s:1", 9.0), scored("r:2", "s:1", 9.0)).values()) == {"T3"}


def test_records_that_are_surely_one_are_no_rivals_of_each_other():
    three = [scored("r:1", "r:2", 9.0), scored("r:2", "r:3", 10.0), scored("r:1", "r:3", 11.0)]
    assert set(tiers(*three).values()) == {"T3"}
    assert tiers(*three[:2]) == {("r:1", "r:2"): "T4", ("r:2", "r:3"): "T4"}


def test_a_caution_keeps_a_heavy_edge_a_question():
    assert tiers(scored("r:1", "s:1", 20.0, '{"caution":"siblings"}')) == {("r:1", "s:1"): "T4"}


def test_evidence_passes_through():
    (edge,) = tiered([scored("r:1", "s:1", 9.0, '{"name":{"level":"same form","weight":11.20}}')]).to_pylist()
    assert json.loads(edge["evidence"])["name"]["level"] == "same form"
