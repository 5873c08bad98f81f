import numpy as np

from steelyard.synth.chance import Chance


def test_the_stream_of_a_seed_and_topic_never_changes():
    assert [hex(word) for word in Chance(1, "people").words(3).tolist()] == [
        "0x1f946b3acb3090b0",
        "0xa14a1fc133dc2ac9",
        "0xacd6968987a8f07e",
    ]


def test_one_word_at_a_time_gives_the_same_stream_as_many_at_once():
    many, single = Chance(7, "tenders"), Chance(7, "tenders")
    assert many.words(50).tolist() == [single.word() for _ in range(50)]


def test_another_topic_is_another_stream():
    assert Chance(1, "people").word() != Chance(1, "firms").word()


def test_draws_stay_in_their_bounds_and_reach_them():
    drawn = Chance(3, "x").between(-4, 4, 2000)
    assert set(drawn.tolist()) == set(range(-4, 5))


def test_a_share_is_about_kept():
    assert abs(int(Chance(3, "x").hits(0.3, 20_000).sum()) - 6000) < 300


def test_some_takes_each_item_once():
    assert sorted(Chance(5, "x").some(range(40), 40)) == list(range(40))


def test_an_order_is_a_permutation():
    assert np.array_equal(np.sort(Chance(5, "x").order(1000)), np.arange(1000))
