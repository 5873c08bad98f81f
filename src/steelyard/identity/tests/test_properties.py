"""Whatever lands and whatever people say: what must hold always."""

import itertools

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from steelyard.identity.components import Edge, clustered

NODES = [f"r:{n}" for n in range(6)] + [f"s:{n}" for n in range(3)]
PAIRS = [pair for pair in itertools.combinations(sorted(NODES), 2) if pair[0][0] == "r"]
SUBJECTS = [node for node in NODES if node[0] == "s"]
edges = st.lists(
    st.builds(lambda pair, tier, weight: Edge(*pair, tier, weight), st.sampled_from(PAIRS),
              st.sampled_from(["T2", "T3"]), st.integers(0, 9)),
    unique_by=lambda edge: (edge.a, edge.b), max_size=14,
)  # fmt: skip
pairs = st.lists(st.sampled_from(PAIRS), unique=True, max_size=4)


def clusters(listed, apart=(), nodes=NODES):
    found = clustered(nodes, listed, apart, SUBJECTS, {})
    return {node: cluster.members for cluster in found.found for node in cluster.members}, found


@given(edges, pairs)
def test_who_was_said_to_be_different_is_never_one(listed, apart):
    of, _ = clusters(listed, apart)
    assert all(of[a] != of[b] for a, b in apart)


@given(edges, pairs)
def test_two_numbers_are_never_one_unless_somebody_said_so(listed, apart):
    of, _ = clusters(listed, apart)
    assert all(len([node for node in members if node in SUBJECTS]) <= 1 for members in of.values())
    joined, _ = clusters([*listed, Edge("s:0", "s:1", "H")])
    assert joined["s:0"] == joined["s:1"]


@given(edges, pairs, st.randoms(use_true_random=False))
def test_the_order_in_which_links_are_found_changes_nothing(listed, apart, chance):
    before = clusters(listed, apart)[1].found
    chance.shuffle(listed)
    chance.shuffle(apart)
    assert clusters(listed, apart)[1].found == before


@given(edges, pairs)
def test_a_component_alone_is_clustered_as_among_all_others(listed, apart):
    of, _ = clusters(listed, apart)
    group = {node: {node} for node in NODES}
    for edge in listed:
        joined = group[edge.a] | group[edge.b]
        for node in joined:
            group[node] = joined
    for part in group.values():
        inside = [edge for edge in listed if edge.a in part]
        near = [pair for pair in apart if set(pair) <= part]
        alone = clustered(sorted(part), inside, near, [node for node in SUBJECTS if node in part], {})
        assert {node: one.members for one in alone.found for node in one.members} == {node: of[node] for node in part}


@given(edges, st.sampled_from(PAIRS))
def test_what_somebody_called_the_same_outlives_every_other_link(listed, said):
    of, _ = clusters([*listed, Edge(*said, "H")])
    assert of[said[0]] == of[said[1]]


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(edges)
def test_a_record_is_no_surer_than_the_weakest_link_on_its_way(listed):
    _, found = clusters(listed)
    tiers = {edge.tier for edge in listed}
    for cluster in found.found:
        if len(cluster.members) > 1:
            assert set(cluster.tiers.values()) <= tiers
            assert "H" not in cluster.tiers.values()
