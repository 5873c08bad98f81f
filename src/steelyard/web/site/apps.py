from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "steelyard.web.site"
    label = "site"
