import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from steelyard.web.site.templatetags.steelyard import deadline

HERE = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("until", "shown"),
    [
        (dt.datetime(2026, 11, 28, tzinfo=HERE), "27 Nov 2026"),
        (dt.datetime(2026, 11, 27, 15, 30, tzinfo=HERE), "27 Nov 2026 15:30"),
        (dt.date(2026, 11, 28), "28 Nov 2026"),
        (None, "—"),
    ],
)
def test_a_deadline_shows_its_last_day(until, shown):
    with translation.override("en"):
        assert deadline(until) == shown
