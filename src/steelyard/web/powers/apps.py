from django.apps import AppConfig


class PowersConfig(AppConfig):
    name = "steelyard.web.powers"
    label = "powers"
    default_auto_field = "django.db.models.BigAutoField"
