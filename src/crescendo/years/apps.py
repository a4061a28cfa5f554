from django.apps import AppConfig


class YearsConfig(AppConfig):
    name = "crescendo.years"
    # Whole rows of students as they were before a turn: for its undoing, which is the worker's.
    web_may_not_read = ("years_change",)
    web_may_only_read = ("years_progress",)
    # Lines are written by the rehearsal; a page decides them and changes nothing else.
    web_may_only_change = {"years_line": ("fate", "to_school_id", "chosen_by_id")}
