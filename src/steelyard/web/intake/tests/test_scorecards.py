import datetime as dt

import pytest
from django.urls import reverse

from steelyard.sources import Feed, Interface
from steelyard.web.intake import above, scorecards
from steelyard.web.intake.models import ScoreCard
from steelyard.web.intake.scorecards import Month, on_time
from steelyard.web.orgs import clock

pytestmark = pytest.mark.django_db
NOVEMBER = Month(dt.date(2026, 11, 1), dt.date(2026, 11, 30))


def asked(schedule):
    return Interface("agriculture/rent-receipts", {}, (Feed("rent_receipt", {}),), schedule=schedule)


def days(*numbers):
    return {"agriculture/rent-receipts": [dt.date(2026, 11, n) for n in numbers]}


def test_a_schedule_is_kept_by_an_answer_before_the_next_time():
    assert on_time([asked("0 2 1,10,20 * *")], days(1, 12), NOVEMBER) == [2, 3]


def test_a_time_that_has_not_come_is_not_missed():
    upto = Month(NOVEMBER.first, dt.date(2026, 11, 12))
    assert on_time([asked("0 2 1,10,20 * *")], days(1, 10), upto) == [2, 2]


def test_the_day_that_is_not_over_counts_only_once_it_is_kept():
    upto = Month(NOVEMBER.first, dt.date(2026, 11, 10))
    assert on_time([asked("0 2 1,10,20 * *")], days(1), upto) == [1, 1]
    assert on_time([asked("0 2 1,10,20 * *")], days(1, 10), upto) == [2, 2]


def test_a_yearly_schedule_agrees_on_nothing_in_most_months():
    assert on_time([asked("0 2 5 3 *")], days(1), NOVEMBER) == [0, 0]


def test_without_a_schedule_the_newest_delivery_must_be_young_enough(intake):
    assert on_time([asked("")], days(30), NOVEMBER) == [1, 1]
    assert on_time([asked("")], days(1), NOVEMBER) == [0, 1]


def test_what_never_came_is_not_on_time(intake):
    assert on_time([asked("")], {}, NOVEMBER) == [0, 1]


class Found:
    def __init__(self, *deliveries):
        self.deliveries = deliveries

    def resting(self, viewer, delivery, limit):
        return ()

    def false_data(self, first, last):
        return [frozenset({str(one)}) for one in self.deliveries]


def test_the_card_counts_rows_causes_and_alerts_found_false(landed, intake, monkeypatch):
    monkeypatch.setattr(above, "_given", [Found(landed.delivery, "5b0d7f0a-0000-4000-8000-000000000001")])
    scorecards.renew(clock.today().replace(day=1))
    figures = ScoreCard.objects.get(department="agriculture").figures
    assert figures["held_back"] == [2, 5]
    assert figures["refused"] == [0, 1]
    assert figures["false_data"] == [1, 2]
    assert {one["rule"] for one in figures["causes"]} == {"type"}


def test_a_second_count_replaces_the_first(landed, intake):
    for _again in range(2):
        scorecards.renew(clock.today().replace(day=1))
    assert ScoreCard.objects.filter(department="agriculture").count() == 1


def test_the_pages_show_n_and_say_when_nothing_was_counted(landed, intake, as_user):
    client = as_user(intake.chen)
    assert "No score card was counted" in client.get(reverse("department_list")).content.decode()
    scorecards.renew(clock.today().replace(day=1))
    assert "40.0 % (2/5)" in client.get(reverse("department_list")).content.decode()
    assert "40.0 % (2/5)" in client.get(reverse("department_card", args=["agriculture"])).content.decode()


@pytest.mark.parametrize("login", ["qian", "li", "tan"])
def test_others_find_no_cards(landed, intake, as_user, login):
    client = as_user(getattr(intake, login))
    assert client.get(reverse("department_list")).status_code == 404
    assert client.get(reverse("department_card", args=["agriculture"])).status_code == 404


def test_nothing_is_counted_of_the_time_before_anything_came(landed, intake):
    first = clock.today().replace(day=1)
    assert scorecards.renew(scorecards.month_before(first)) == 0
    assert scorecards.renew(first) > 0
    figures = ScoreCard.objects.get(department="agriculture", month=first).figures
    assert figures["since"] == clock.today().isoformat()
