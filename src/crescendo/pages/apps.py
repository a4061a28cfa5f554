from django.apps import AppConfig


class PagesConfig(AppConfig):
    name = "crescendo.pages"
    # Only the demo's builder writes what opens one-click sign-in.
    web_may_only_read = ("pages_demobuild",)
