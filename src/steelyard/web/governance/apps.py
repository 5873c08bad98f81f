from typing import Any

from django.apps import AppConfig
from django.db import transaction
from django.db.models.signals import post_save


class GovernanceConfig(AppConfig):
    name = "steelyard.web.governance"
    label = "governance"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from steelyard.web.cases.models import Case  # the app registry must be ready

        post_save.connect(_case_saved, sender=Case, dispatch_uid="governance.open_loopholes")


def _case_saved(instance: Any, **_kwargs: Any) -> None:
    """A review may have answered the third question: a job looks, in the same transaction."""
    from procrastinate.exceptions import AlreadyEnqueued

    from steelyard.web.governance.jobs import open_loopholes

    if instance.version < 2:
        return  # routed just now: nobody has answered anything yet
    try:
        with transaction.atomic():
            open_loopholes.defer()
    except AlreadyEnqueued:
        return
