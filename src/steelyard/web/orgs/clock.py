"""The database's clock, for the few places that need a value in Python."""

import datetime as dt

from django.db import connection, models


def _one(sql: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


def now() -> dt.datetime:
    found = _one("SELECT public.app_now()")
    assert isinstance(found, dt.datetime)
    return found


def today() -> dt.date:
    found = _one("SELECT public.app_today()")
    assert isinstance(found, dt.date)
    return found


def offset() -> dt.timedelta:
    """How far the clock was moved for a test or the tutorial; zero in earnest."""
    found = _one("SELECT justify_hours(shift) FROM public.clock_offset")
    return found if isinstance(found, dt.timedelta) else dt.timedelta()


class Now(models.Func):
    """``app_now()`` as a default or in a filter."""

    function = "public.app_now"
    output_field = models.DateTimeField()


class Today(models.Func):
    """``app_today()`` as a default or in a filter."""

    function = "public.app_today"
    output_field = models.DateField()
