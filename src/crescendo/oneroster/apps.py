from django.apps import AppConfig


class OneRosterConfig(AppConfig):
    name = "crescendo.oneroster"
    web_may_only_read = ("oneroster_added", "oneroster_changed")
