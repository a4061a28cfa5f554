"""A school's days of attendance: those that do not count yet, and who is missing on one of them."""

from datetime import date

from crescendo.records import queries as facts
from crescendo.roster.models import Organisation
from crescendo.roster.viewer import Viewer

DAYS_BACK = 20  # school days: a month
MOST_NAMES = 60


def describe_day(*, viewer: Viewer, school: Organisation, on: date) -> dict[str, object]:
    """One day of the school, and the other days of the last month that are open."""
    missing = facts.list_unaccounted(viewer=viewer, school_id=school.pk, on=on)
    n_missing = missing.count()
    open_days = facts.list_open_days(viewer=viewer, school_id=school.pk, most=DAYS_BACK)
    return {
        "school": school,
        "on": on,
        "is_today": on == viewer.on,
        "how": facts.who_closed(viewer=viewer, school_id=school.pk, on=on),
        "is_taught": facts.is_school_day(viewer=viewer, school_id=school.pk, on=on),
        "missing": list(missing[:MOST_NAMES]),
        "n_missing": n_missing,
        "n_more": max(n_missing - MOST_NAMES, 0),
        "open_days": [day for day in open_days if day != on],
    }
