from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "crescendo.imports"
    # Whole rows of students as they were before an import: for undo, which is the worker's.
    web_may_not_read = ("imports_change", "imports_createdrows")
    web_may_only_read = (
        "imports_finding", "imports_look", "imports_progress", "imports_setasiderow", "imports_taken",
    )  # fmt: skip

    def ready(self) -> None:
        from crescendo.comms import registry  # noqa: PLC0415  (apps are loaded only now)
        from crescendo.roster import erasure  # noqa: PLC0415

        from . import forgetting, telling  # noqa: PLC0415

        registry.register_kind(telling.WAITING, telling.words, by_email=True)
        registry.register_kind(telling.LATE, telling.late_words, by_email=True)
        erasure.register(forgetting.forget_student)
