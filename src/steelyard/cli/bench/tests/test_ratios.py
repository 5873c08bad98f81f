"""The arithmetic of `steelyard bench detect`."""

import pytest

from steelyard.cli.bench import ratios
from steelyard.cli.bench.ratios import Cost

CONTROLS = {"controls": Cost(6.0, 1.5), "related_party": Cost(2.0, 0.5)}


def test_a_ratio_is_work_beside_reading() -> None:
    assert Cost(3.0, 0.5).ratio == 6


def test_reading_too_short_to_measure_makes_no_infinite_ratio() -> None:
    assert Cost(0.02, 0.0).ratio == pytest.approx(20)


def test_a_relation_read_twice_by_one_model_has_one_reader() -> None:
    assert ratios.readers({"a": ["controls", "controls"], "b": []}) == {"controls": 1}


def test_readers_of_a_relation_share_it() -> None:
    sharers = ratios.readers({"a": ["controls"], "b": ["controls", "related_party"]})
    shared, full = ratios.charged(Cost(1.0, 1.0), ["controls"], CONTROLS, sharers)
    assert shared == Cost(1.0 + 3.0, 1.0 + 0.75)
    assert full == Cost(7.0, 2.5)


def test_the_only_reader_of_a_relation_bears_it_whole() -> None:
    shared, full = ratios.charged(Cost(1.0, 1.0), ["controls"], CONTROLS, ratios.readers({"a": ["controls"]}))
    assert shared == full == Cost(7.0, 2.5)


def test_a_model_without_relations_bears_its_own_cost() -> None:
    assert ratios.charged(Cost(1.0, 0.5), [], CONTROLS, {}) == (Cost(1.0, 0.5), Cost(1.0, 0.5))


def test_all_shares_add_up_to_what_a_run_costs() -> None:
    behind = {"a": ["controls"], "b": ["controls", "related_party"], "c": ["related_party", "controls"], "d": []}
    sharers = ratios.readers(behind)
    shares = [ratios.charged(Cost(1.0, 0.5), needed, CONTROLS, sharers)[0] for needed in behind.values()]
    assert sum(one.cpu_s for one in shares) == pytest.approx(4 * 1.0 + 6.0 + 2.0)
    assert sum(one.scan_s for one in shares) == pytest.approx(4 * 0.5 + 1.5 + 0.5)


def test_the_summary_tells_middle_and_worst_of_both_figures() -> None:
    told = [{"ratio": 1.0, "ratio_in_full": 1.0}, {"ratio": 9.0, "ratio_in_full": 30.0},
            {"ratio": 2.0, "ratio_in_full": 2.0}, {"ratio": 4.0, "ratio_in_full": 6.0}]  # fmt: skip
    assert ratios.summary(told) == {"models": 4, "median_ratio": 3.0, "worst_ratio": 9.0,
                                    "median_ratio_in_full": 4.0, "worst_ratio_in_full": 30.0}  # fmt: skip


def test_growth_in_proportion_is_one() -> None:
    assert ratios.growth(100.0, 2_000, 10.0, 200) == 1.0


def test_growth_above_proportion_is_above_one() -> None:
    assert ratios.growth(130.0, 1_000, 10.0, 100) == 1.3


def test_short_work_is_measured_several_times_and_the_middle_taken() -> None:
    figures = iter([0.9, 0.1, 0.2])
    assert ratios.middle(lambda: next(figures)) == 0.2
    assert next(figures, None) is None


def test_long_work_is_measured_once() -> None:
    figures = iter([7.0, 9.0, 9.0])
    assert ratios.middle(lambda: next(figures)) == 7.0
