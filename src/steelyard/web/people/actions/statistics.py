"""Public figures with their denominators; made by a job, since nobody who reads them may count reports."""

from django.db import transaction
from django.db.models import F, Q

from steelyard.web.orgs import clock
from steelyard.web.people.models import Appeal, AppealStep, Rating, Statistic
from steelyard.web.powers.flow import flow

SMALLEST_CELL = 5


@transaction.atomic
def renew_statistics() -> dict[str, tuple[int | None, int | None]]:
    """Compute the figures over matters; accusations appear in no public figure.  A job's verb.

    A cell with fewer than five reports is stored empty, and so is every figure that would give it away.
    """
    matters = Appeal.objects.filter(door="matter")
    closed = matters.filter(state__in=flow("appeal").final)
    ratings = Rating.objects.filter(appeal__door="matter")
    rated = ratings.values("appeal").distinct().count()
    last = ratings.filter(appeal__round=F("round"))
    satisfied = last.filter(stars__gte=flow("appeal").data["rating"]["satisfied_from"]).exclude(solved="no").count()
    answered = AppealStep.objects.filter(appeal__door="matter", name="reply").values("appeal").distinct().count()
    late = matters.filter(due__lt=clock.today()).exclude(Q(state__in=flow("appeal").final) | Q(state="awaiting_rating"))
    figures = {
        "satisfaction": (satisfied, rated),
        "coverage": (rated, closed.count() + matters.filter(state="awaiting_rating").count()),
        "on_time": (answered, answered + late.count()),
        "rehandle": (matters.filter(round__gte=1).count(), rated),
    }
    kept = {name: _suppressed(*pair) for name, pair in figures.items()}
    today = clock.today()
    for name, (numerator, denominator) in kept.items():
        Statistic.objects.update_or_create(
            name=name, defaults={"numerator": numerator, "denominator": denominator, "as_of": today}
        )
    return kept


def _suppressed(numerator: int, denominator: int) -> tuple[int | None, int | None]:
    """Nothing where the whole, the part or the rest is a handful of people; an empty whole stays as it is."""
    if denominator == 0:
        return 0, 0
    small = denominator < SMALLEST_CELL
    small = small or 0 < numerator < SMALLEST_CELL or 0 < denominator - numerator < SMALLEST_CELL
    return (None, None) if small else (numerator, denominator)
