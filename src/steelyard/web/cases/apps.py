from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "steelyard.web.cases"
    label = "cases"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from steelyard.web.alerts import work
        from steelyard.web.cases import opening, pages
        from steelyard.web.cases.actions.recusal import renew_recusals
        from steelyard.web.orgs.actions.reveal import register
        from steelyard.web.orgs.signals import kin_renewed

        work.register(pages.work_on)
        kin_renewed.connect(renew_recusals, dispatch_uid="cases.renew_recusals")
        register(opening.may_open)
