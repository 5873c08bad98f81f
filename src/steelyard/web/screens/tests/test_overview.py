import pytest
from django.urls import reverse

from steelyard.web.alerts.models import Alert
from steelyard.web.orgs import clock
from steelyard.web.orgs.models import Area
from steelyard.web.screens import cartogram, figures
from steelyard.web.screens.shares import Share

pytestmark = pytest.mark.django_db
WULONG, HOULING, ELSEWHERE = "339921101201", "339921101202", "339921102000"
MAY = ["zhou", "chen", "du", "he", "fang", "gu", "ma", "sun", "hong", "qian", "ye"]
MAY_NOT = ["li", "shen", "wang", "tan", "jin", "admin", "steward"]


@pytest.mark.parametrize("login", MAY)
def test_people_who_work_on_cases_see_their_area(alert, cast, as_user, login):
    alert()
    assert as_user(getattr(cast, login)).get(reverse("overview")).status_code == 200


@pytest.mark.parametrize("login", MAY_NOT)
def test_others_do_not(cast, as_user, login):
    assert as_user(getattr(cast, login)).get(reverse("overview")).status_code == 403


def test_a_stranger_is_asked_to_sign_in(as_user, db):
    assert as_user(None).get(reverse("overview")).status_code == 302


def test_counts_equal_the_rows(alert, cast):
    for verdict in ("", "", "true_violation", "legitimate", "duplicate"):
        alert(verdict=verdict)
    alert(grade="yellow", verdict="partly_true")
    lines = {line.grade: line for line in figures.by_grade(cast.chen)}
    for grade in ("red", "yellow", "blue"):
        rows = Alert.objects.filter(grade=grade)
        assert lines[grade].raised == rows.count()
        assert lines[grade].open == rows.filter(verdict="").count()
    assert (lines["red"].true, lines["red"].decided) == (1, 2)


def test_the_neighbour_counts_nothing_of_it(alert, cast, as_user):
    alert()
    alert(HOULING, verdict="true_violation")
    assert figures.funnel(cast.zhou) == figures.Funnel(2, 0, 1, 1)
    assert figures.funnel(cast.qian) == figures.Funnel(0, 0, 0, 0)
    page = as_user(cast.qian).get(reverse("overview")).content.decode()
    assert "Wulong" not in page
    assert "no verdict yet" in page


def test_the_regulator_counts_his_own_line_alone(alert, cast):
    alert(line="supervisory")
    alert(line="regulatory")
    assert figures.funnel(cast.he).raised == 1
    assert figures.funnel(cast.chen).raised == 2


def test_whoever_is_recused_counts_nothing_of_it(alert, cast):
    alert(recused=[cast.chen.pk])
    assert figures.funnel(cast.chen).raised == 0


def test_held_batches_count_nowhere(alert, cast):
    alert(state="held")
    assert figures.funnel(cast.fang).raised == 0


def test_this_month_is_the_last_of_twelve(alert, cast):
    alert()
    months = figures.trend(cast.chen, clock.today())
    assert len(months) == 12
    assert months[-1].counts == {"red": 1, "yellow": 0, "blue": 0}
    assert sum(month.total for month in months) == 1


def test_no_verdict_is_no_zero_per_cent():
    assert Share(0, 0).percent is None
    assert Share(0, 0).interval is None


def test_the_interval_is_wilsons():
    low, high = Share(11, 12).interval
    assert (round(low, 1), round(high, 1)) == (64.6, 98.5)


def test_a_village_that_nobody_could_look_at_is_hatched_and_not_pale(alert, cast, monkeypatch):
    monkeypatch.setattr(cartogram.intake, "villages_with_data", lambda: frozenset({WULONG}))
    county = Area.objects.get(code="339921000000")
    cells = {cell.code: cell for block in cartogram.cartogram(cast.chen, county).blocks for cell in block.cells}
    assert (cells[WULONG].shade, cells[HOULING].shade) == ("0", cartogram.UNSEEN)
    for _n in range(4):
        alert(HOULING)
    again = {c.code: c for block in cartogram.cartogram(cast.chen, county).blocks for c in block.cells}
    assert (again[HOULING].open, again[HOULING].shade) == (4, "3")


def test_a_township_sees_its_own_cells_alone(cast):
    county = Area.objects.get(code="339921000000")
    assert cartogram.cartogram(cast.zhou, county).villages == 2
    assert cartogram.cartogram(cast.qian, county).villages == 0


def test_the_map_has_a_table_twin_and_links(alert, cast, as_user):
    alert()
    page = as_user(cast.chen).get(reverse("overview")).content.decode()
    assert "<polygon" in page
    assert page.count("Wulong") >= 2
    assert "Show as table" in page


def test_a_model_that_never_ran_is_listed_as_not_evaluable(cast):
    blind, models = figures.not_evaluable(cast.chen)
    assert len(blind) == models > 0
