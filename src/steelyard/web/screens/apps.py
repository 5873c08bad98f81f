from django.apps import AppConfig


class ScreensConfig(AppConfig):
    name = "steelyard.web.screens"
    label = "screens"

    def ready(self) -> None:
        """Hand figures down to the rooms that may not import the rooms above them."""
        from steelyard.web.intake import above, access
        from steelyard.web.screens.handed_down import (
            AlertFigures,
            AlertsOnDeliveries,
            AlertsOnSubjects,
            evidence_file,
        )
        from steelyard.web.subjects import above as above_subjects
        from steelyard.web.workbench import figures

        figures.supply(AlertFigures())
        access.supply(evidence_file)
        above.supply(AlertsOnDeliveries())
        above_subjects.supply(AlertsOnSubjects())
