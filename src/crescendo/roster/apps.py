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
