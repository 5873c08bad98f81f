import pytest

from steelyard.sources.periods import period_of, period_pattern


@pytest.mark.parametrize(
    ("pattern", "name", "period"),
    [
        (r"ylj_(?P<month>[0-9]{6})", "ylj_202503.csv", "2025-03"),
        (r"(?P<day>\d{8})", "x_20250331.csv", "2025-03-31"),
        (r"(?P<period>\d{4}年\d+月)", "台账2025年3月.xlsx", "2025-03"),
        (r"(?P<period>\d{4}Q\d)", "2025Q1.csv", "2025-Q1"),
        (r"(?P<year>\d{4})-(?P<month>\d\d)", "2025-11.csv", "2025-11"),
        (r"(?P<year>\d{4})", "2025.csv", "2025"),
        (r"(?P<month>\d{6})", "202513.csv", ""),
        (r"(?P<month>\d{6})", "other.csv", ""),
    ],
)
def test_a_period_is_read_from_a_name(pattern, name, period):
    assert period_of(pattern, name) == period


@pytest.mark.parametrize(
    "said", [{"from_name": "("}, {"from_name": "a"}, {"from_name": "(?P<hour>a)"}, {"name": "a"}, "a"]
)
def test_a_pattern_that_can_find_nothing_is_refused(said):
    with pytest.raises(ValueError, match="business_period"):
        period_pattern(said)
