from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "crescendo.records"
    web_may_only_read = (
        "records_assessment",
        "records_assessmentlevel",
        "records_courseworkcategory",
        "records_courseworkitem",
        "records_attendancesubmission",
        "records_schoolattendancecount",
        "records_sendingkey",
    )

    def ready(self) -> None:
        from crescendo.roster import erasure  # noqa: PLC0415  (apps are loaded only now)

        from . import actions  # noqa: PLC0415

        erasure.register(actions.forget_student)
