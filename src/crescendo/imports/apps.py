from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "crescendo.imports"
