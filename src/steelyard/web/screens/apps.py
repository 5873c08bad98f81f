from django.apps import AppConfig


class ScreensConfig(AppConfig):
    name = "steelyard.web.screens"
    label = "screens"
