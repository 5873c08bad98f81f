from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class PowersConfig(AppConfig):
    name = "steelyard.web.powers"
    label = "powers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        post_migrate.connect(_renew_rules, sender=self)


def _renew_rules(**_kwargs: Any) -> None:
    from steelyard.web.powers.rules import renew_allowed_steps  # the app registry must be ready

    renew_allowed_steps()
