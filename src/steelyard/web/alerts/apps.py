from django.apps import AppConfig


class AlertsConfig(AppConfig):
    name = "steelyard.web.alerts"
    label = "alerts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from steelyard.web.alerts.actions.recusal import renew_recusals
        from steelyard.web.orgs.signals import kin_renewed

        kin_renewed.connect(renew_recusals, dispatch_uid="alerts.renew_recusals")
