"""The cast's district as a source brought it: ids of its own (with leading zeros), terms, categories, work, results."""

from datetime import date

from callers_of import token_of

from cast import ON, YEAR
from crescendo.api.scopes import CORE, DELETE, DEMOGRAPHICS, GRADES, PUT, ROSTER
from crescendo.records import models as records
from crescendo.roster import models as roster

READING = (CORE, ROSTER, GRADES)
ALL = (ROSTER, GRADES, PUT, DELETE)
R, G, OLD = "/ims/oneroster/rostering/v1p2", "/ims/oneroster/gradebook/v1p2", "/ims/oneroster/v1p1"
__all__ = ["ALL", "CORE", "DEMOGRAPHICS", "OLD", "READING", "G", "R", "get", "make_district", "token_of"]


def name(entity: str, external_id: str, thing, source: str = "sis") -> None:
    roster.ExternalId.objects.create(
        source=source, entity=entity, external_id=external_id, object_id=thing.pk
    )


def make_district(cast):
    name("org", "0001", cast.district)
    name("org", "0002", cast.lincoln)
    name("org", "0003", cast.monroe)
    for key, person in cast.staff.items():
        name("staff", f"T-{key}", person)
    for key, person in cast.family.items():
        name("family", f"F-{key}", person)
    for key in ("quinn", "lena"):
        name("student", f"sis-{key}", cast.students[key])
    year = roster.AcademicSession.objects.get(kind="schoolYear")
    name("session", "SY", year)
    term = roster.AcademicSession.objects.create(
        kind="term", title="Spring", begins_on=date(2026, 1, 5), ends_on=date(2026, 6, 12), school_year=YEAR, parent=year
    )  # fmt: skip
    name("session", "TERM", term)
    for key, taught in cast.classes.items():
        taught.sessions.add(term)
        taught.course.school_year = YEAR
        taught.course.save()
        name("class", f"C-{key}", taught)
        name("course", f"K-{key}", taught.course)
    for n, row in enumerate(roster.ClassEnrolment.objects.order_by("id")):
        name("enrollment", f"E-{n}", row)
    for n, row in enumerate(roster.ClassStaff.objects.order_by("id")):
        name("class_staff", f"S-{n}", row)
    category = records.CourseworkCategory.objects.create(title="Homework", source="sis", weight=2)
    name("category", "HW", category)
    for n, item in enumerate(records.CourseworkItem.objects.order_by("id")):
        item.category, item.session, item.source = category, term, "sis"
        item.score_min, item.score_max = 0, 10
        item.save()
        name("line_item", f"LI-{n}", item)
    records.CourseworkResult.objects.update(scored_on=ON)
    return cast


def get(http, token: str, path: str, **said: object):
    return http.get(path, said, headers={"authorization": f"Bearer {token}"})
