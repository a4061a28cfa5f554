from django.apps import AppConfig


class RosterConfig(AppConfig):
    name = "crescendo.roster"
    web_may_only_read = (
        "roster_organisation",
        "roster_academicsession",
        "roster_calendar",
        "roster_calendarday",
        "roster_characteristic",
        "roster_course",
        "roster_schoolclass",
        "roster_schoolclass_sessions",
        "roster_classstaff",
    )

    def ready(self) -> None:
        from crescendo.comms import registry  # noqa: PLC0415  (apps are loaded only now)

        from . import hearing  # noqa: PLC0415

        registry.register_visibility("student", hearing.may_hear_of_student)
        registry.register_audience("permission", hearing.list_holders)
