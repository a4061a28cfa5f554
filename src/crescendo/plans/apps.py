from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "crescendo.plans"
