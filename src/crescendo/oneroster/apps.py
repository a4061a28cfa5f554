from django.apps import AppConfig


class OneRosterConfig(AppConfig):
    name = "crescendo.oneroster"
