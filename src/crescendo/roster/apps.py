from django.apps import AppConfig


class RosterConfig(AppConfig):
    name = "crescendo.roster"
    # Erasing a person takes the ids that lead back to them.
    web_may_delete = ("roster_externalid", "roster_studentcharacteristic")
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
