from typing import Any

from django.apps import AppConfig
from django.db import transaction
from django.db.models.signals import post_save


class PeopleConfig(AppConfig):
    name = "steelyard.web.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from steelyard.web.cases.models import Case  # the app registry must be ready

        post_save.connect(_case_saved, sender=Case, dispatch_uid="people.follow_cases")


def _case_saved(instance: Any, **_kwargs: Any) -> None:
    """Who closes a case may not see the reports that wait for it: a job looks, in the same transaction."""
    from procrastinate.exceptions import AlreadyEnqueued

    from steelyard.web.people.jobs import follow_cases

    if instance.closed_at is None:
        return
    try:
        with transaction.atomic():
            follow_cases.defer()
    except AlreadyEnqueued:
        return
