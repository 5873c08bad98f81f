"""What belongs together, and what must not."""

import itertools
import random

from steelyard.identity.linkage import cluster


def edge(a, b, tier="T3", weight=8.0):
    return {"a": a, "b": b, "tier": tier, "weight": weight}


def groups(found):
    return [group.nodes for group in found.groups]


def test_edges_of_every_joining_tier_chain_into_one_group_with_its_weakest_tier():
    found = cluster([edge("r:1", "r:2", "T2"), edge("r:2", "s:1", "T1"), edge("r:3", "s:1", "T3")])
    assert groups(found) == [("r:1", "r:2", "r:3", "s:1")]
    assert found.groups[0].tier == "T3"


def test_questions_and_name_conflicts_join_nothing():
    assert cluster([edge("r:1", "r:2", "T4"), edge("r:1", "r:3", "T1x"), edge("r:3", "r:4", None)]).groups == ()


def test_a_cannot_link_cuts_the_weakest_edge_between_the_two():
    edges = [edge("r:1", "r:2", weight=20), edge("r:2", "r:3", weight=7), edge("r:3", "r:4", weight=15)]
    found = cluster(edges, forbidden=[("r:1", "r:4")])
    assert groups(found) == [("r:1", "r:2"), ("r:3", "r:4")]
    assert [(report.kind, report.pair) for report in found.reports] == [("different", ("r:2", "r:3"))]


def test_two_valid_numbers_in_one_group_are_parted_at_the_weakest_edge_and_told():
    edges = [edge("r:1", "s:1", weight=20), edge("r:1", "r:2", weight=9), edge("r:2", "s:2", weight=14)]
    found = cluster(edges, numbers={"s:1": "330", "s:2": "331"})
    assert groups(found) == [("r:1", "s:1"), ("r:2", "s:2")]
    assert [(report.kind, report.pair) for report in found.reports] == [("two-numbers", ("r:1", "r:2"))]


def test_people_may_join_two_numbers_and_nothing_weaker_may():
    numbers = {"s:1": "330", "s:2": "331"}
    assert groups(cluster([], forced=[("s:2", "s:1")], numbers=numbers)) == [("s:1", "s:2")]
    assert len(cluster([edge("s:1", "s:2", "T2")], numbers=numbers).groups) == 2


def test_a_third_record_joins_two_numbers_that_people_have_joined():
    found = cluster([edge("r:1", "s:2")], forced=[("s:1", "s:2")], numbers={"s:1": "330", "s:2": "331"})
    assert groups(found) == [("r:1", "s:1", "s:2")]


def test_same_across_a_different_is_a_contradiction_for_people():
    found = cluster([], forced=[("r:1", "r:2"), ("r:2", "r:3")], forbidden=[("r:1", "r:3")])
    assert [report.kind for report in found.reports] == ["contradiction"]
    assert len(found.groups) == 2


def test_a_judgement_holds_whatever_the_weights_of_machines():
    found = cluster([edge("r:1", "r:3", "T2", 40)], forced=[("r:1", "r:2")], forbidden=[("r:2", "r:3")])
    assert groups(found) == [("r:1", "r:2"), ("r:3",)]


def test_a_group_too_large_keeps_only_what_people_and_numbers_joined_and_is_told_whole():
    edges = [edge(f"r:{n:02d}", f"r:{n + 1:02d}") for n in range(20)] + [edge("r:00", "s:1", "T1")]
    found = cluster(edges, forced=[("r:05", "r:06")])
    assert [report.kind for report in found.reports] == ["large"]
    assert len(found.reports[0].nodes) == 22
    assert [nodes for nodes in groups(found) if len(nodes) > 1] == [("r:00", "s:1"), ("r:05", "r:06")]


def test_the_order_of_edges_changes_nothing():
    chance = random.Random(3)
    nodes = [f"r:{n}" for n in range(12)]
    edges = [edge(a, b, weight=chance.choice((7, 8, 9))) for a, b in itertools.combinations(nodes, 2)
             if chance.random() < 0.25]  # fmt: skip
    numbers = {"r:1": "330", "r:5": "331", "r:9": "332"}
    first = cluster(edges, forbidden=[("r:2", "r:7")], numbers=numbers)
    for _ in range(5):
        chance.shuffle(edges)
        turned = [edge | {"a": edge["b"], "b": edge["a"]} for edge in edges]
        assert cluster(turned, forbidden=[("r:7", "r:2")], numbers=numbers) == first


def test_no_group_ever_holds_two_numbers_or_a_forbidden_pair():
    chance = random.Random(9)
    for _ in range(30):
        nodes = [f"r:{n}" for n in range(15)]
        pairs = list(itertools.combinations(nodes, 2))
        edges = [edge(a, b, chance.choice(("T1", "T2", "T3")), chance.random() * 30) for a, b in
                 chance.sample(pairs, 30)]  # fmt: skip
        forbidden = chance.sample(pairs, 6)
        numbers = {node: chance.choice(("330", "331")) for node in chance.sample(nodes, 5)}
        for group in cluster(edges, forbidden=forbidden, numbers=numbers).groups:
            assert len({numbers[node] for node in group.nodes if node in numbers}) <= 1
            assert not any(set(pair) <= set(group.nodes) for pair in forbidden)
