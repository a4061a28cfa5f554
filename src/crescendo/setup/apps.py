from django.apps import AppConfig


class SetupConfig(AppConfig):
    name = "crescendo.setup"
    # The row is made with the site; pages write down what a person decided.
    web_may_only_change = {
        "setup_setupprogress": ("adopted_at", "calendar_at", "roles_at", "invited_at", "finished_at")
    }
