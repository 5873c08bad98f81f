from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "steelyard.web.cases"
    label = "cases"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from steelyard.web.alerts import work
        from steelyard.web.cases import pages

        work.register(pages.work_on)
