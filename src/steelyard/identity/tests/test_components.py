"""What belongs together, and what must not."""

from steelyard.identity.components import MOST, Edge, clustered


def clusters(edges, apart=(), numbered=()):
    nodes = {node for edge in edges for node in (edge.a, edge.b)}
    return clustered(nodes, edges, apart, numbered, {})


def members(found):
    return [cluster.members for cluster in found.found]


def test_links_of_every_joining_tier_chain_into_one_with_the_weakest_on_the_way():
    found = clusters([Edge("r:1", "s:1", "T1"), Edge("r:1", "r:2", "T2"), Edge("r:2", "r:3", "T3")], numbered=["s:1"])
    assert members(found) == [("r:1", "r:2", "r:3", "s:1")]
    assert found.found[0].tiers == {"r:1": "T1", "r:2": "T2", "r:3": "T3"}


def test_two_said_to_be_different_are_parted_at_the_weakest_link_between_them():
    edges = [Edge("r:1", "r:2", "T3", 20), Edge("r:2", "r:3", "T3", 7), Edge("r:3", "r:4", "T3", 15)]
    assert members(clusters(edges, apart=[("r:1", "r:4")])) == [("r:1", "r:2"), ("r:3", "r:4")]


def test_two_numbers_are_parted_at_the_weakest_link_and_told():
    edges = [Edge("r:1", "s:1", "T3", 20), Edge("r:1", "r:2", "T3", 9), Edge("r:2", "s:2", "T3", 14)]
    found = clusters(edges, numbered=["s:1", "s:2"])
    assert sorted(members(found)) == [("r:1", "s:1"), ("r:2", "s:2")]
    assert [(one, other, edge.weight) for one, other, edge in found.two_numbers] == [("s:1", "s:2", 9)]


def test_people_may_join_two_numbers_and_nothing_weaker_may():
    assert members(clusters([Edge("s:1", "s:2", "H")], numbered=["s:1", "s:2"])) == [("s:1", "s:2")]
    assert len(members(clusters([Edge("s:1", "s:2", "T2")], numbered=["s:1", "s:2"]))) == 2


def test_a_group_too_large_keeps_only_what_people_joined_and_is_told_whole():
    edges = [Edge(f"r:{n:02d}", f"r:{n + 1:02d}", "T3") for n in range(MOST + 2)] + [Edge("r:05", "r:06", "H")]
    found = clusters(edges)
    assert [len(one) for one in found.large] == [MOST + 3]
    assert [one for one in members(found) if len(one) > 1] == [("r:05", "r:06")]
