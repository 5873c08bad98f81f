import json

import pytest

from steelyard.detect.scores import Share, keep, kept
from steelyard.kit.home import Home

RENT = "village-asset/rent-receivable-unpaid"
TALLY = {"planted": 4, "found": 3, "raised": 5, "true": 3, "days_to_alert_median": 12.5, "dated": 2}
DOCUMENT = {
    "scale": "city", "seed": 7, "until": "2026-10-31", "villages": 2000, "pool_version": 3, "looked_on": "2026-11-01",
    "days_looked": 1, "scored_at": "2026-11-02T08:00:00+00:00", "versions": {RENT: "1.0.0"}, "catalogue": "abc",
    "figures": TALLY | {
        "red_true": 2, "red_raised": 3, "yellow_true": 1, "yellow_raised": 2, "by_model": {RENT: TALLY},
        "by_scheme": {"rent": {"planted": 4, "found": 3, "models": [RENT], "title": {"zh": "租金", "en": "Rent"}}},
    },
}  # fmt: skip


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path)


def put(home, name, text):
    home.scores.mkdir(exist_ok=True)
    (home.scores / name).write_text(text, encoding="utf-8")


def test_what_is_kept_is_read_again(home):
    keep(home, DOCUMENT)
    [one], unreadable = kept(home)
    assert unreadable == []
    assert (one.scale, one.seed, one.villages, one.total.missed) == ("city", 7, 2000, 1)
    assert (one.grades["red"], one.models[RENT].days) == (Share(2, 3), 12.5)
    assert one.schemes[0].models == (RENT,)
    assert one.per_1000(one.total.raised) == 2.5


def test_the_newest_comes_first(home):
    keep(home, DOCUMENT | {"scored_at": "2026-11-03T08:00:00+00:00", "seed": 8})
    keep(home, DOCUMENT)
    assert [one.seed for one in kept(home)[0]] == [8, 7]


def test_a_home_without_scores_has_none(home):
    assert kept(home) == ([], [])


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "\x00", "[" * 200_000, "1" * 6_000_000, '{"format": 1}',
     json.dumps({"format": 1, **DOCUMENT, "figures": {}}),
     json.dumps({"format": 1, **DOCUMENT, "figures": DOCUMENT["figures"] | {"found": 5}}),
     json.dumps({"format": 1, **DOCUMENT, "looked_on": "soon"})],
)  # fmt: skip
def test_a_damaged_file_is_named_and_hides_no_other(home, text):
    keep(home, DOCUMENT)
    put(home, "20990101T000000-city-1.json", text)
    readable, [broken] = kept(home)
    assert len(readable) == 1
    assert (broken.name, broken.old) == ("20990101T000000-city-1.json", False)


def test_a_file_of_another_version_is_told_from_a_damaged_one(home):
    put(home, "old.json", json.dumps({"recall": 1.0}))
    assert kept(home)[1][0].old


def test_a_share_of_nothing_is_none():
    assert (Share(0, 0).value, Share(0, 0).interval) == (None, None)


def test_a_changed_file_is_read_anew(home):
    path = keep(home, DOCUMENT)
    assert kept(home)[0]
    path.write_text("{", encoding="utf-8")
    assert kept(home)[0] == []
