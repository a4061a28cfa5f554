"""The roles and permissions a new site begins with. Afterwards they are data: a site may change what a role may do."""

from django.apps import AppConfig
from django.db import connections
from django.db.models import Model

PERMISSIONS = {
    "students.see": "See the students in scope, by name",
    "behaviour.see": "See behaviour incidents of the students in scope",
    "demographics.see": "See sensitive characteristics of the students in scope",
    "results.see": "See results of schools and groups, with small groups hidden",
    "imports.run": "Bring in files",
    "imports.approve": "Agree to an import that is waiting for your OK, and undo one",
    "posts.manage": "Give and end posts, and link a sign-in to a person",
    "staff.see": "See who works where",
    "participation.record": "Record with one tap who took part in a lesson",
    "records.correct": "Correct what a record says; the history stays",
    "records.erase": "Erase a person; the counts stay",
    "rights.manage": "Set what each adult of a family may see and write",
    "audit.see": "See who looked at and changed what",
    "attendance.record": "Record attendance of the students in scope",
    "scores.record": "Record scores of the students in scope",
    "support.write": "Open support for the students in scope and write down what was done",
    "plans.write": "Set the goals and plans of a school or district",
    "people.invite": "Invite people to sign in, and give them a new way in",
    "site.set_up": "Set up the site: calendar, years, what is switched on",
    "quality.see": "See what is missing or late in the data",
}

# role: (title, reach, permissions)
ROLES = {
    "district_leader": (
        "District leader",
        "organisation",
        "students.see behaviour.see demographics.see results.see imports.run imports.approve staff.see audit.see "
        "quality.see rights.manage records.correct posts.manage plans.write people.invite",
    ),
    "principal": (
        "Principal",
        "organisation",
        "students.see behaviour.see demographics.see results.see staff.see audit.see quality.see rights.manage "
        "records.correct attendance.record support.write plans.write",
    ),
    "counselor": (
        "Counselor",
        "organisation",
        "students.see behaviour.see demographics.see results.see support.write",
    ),
    "teacher": (
        "Teacher",
        "classes",
        "students.see behaviour.see results.see participation.record attendance.record scores.record support.write",
    ),
    "aide": ("Aide", "classes", "students.see participation.record attendance.record"),
    "coach": ("Instructional coach", "none", "results.see staff.see"),
    "personnel": ("Personnel", "none", "staff.see"),
    "mentor": ("Mentor", "none", ""),
    "moderator": ("Moderator", "none", "results.see"),
    "analyst": (
        "Data analyst",
        "organisation",
        "students.see demographics.see results.see imports.run quality.see",
    ),
    "governor": ("Governor", "none", "results.see"),
    "administrator": (
        "Administrator",
        "organisation",
        "students.see results.see imports.run imports.approve staff.see records.correct records.erase rights.manage "
        "audit.see quality.see posts.manage attendance.record people.invite site.set_up",
    ),
}


def seed(role: type[Model], permission: type[Model]) -> None:
    """Write the roles as they stand above."""
    for code, sentence in PERMISSIONS.items():
        permission.objects.update_or_create(code=code, defaults={"sentence": sentence})
    for code, (title, reach, permissions) in ROLES.items():
        row, _ = role.objects.update_or_create(code=code, defaults={"title": title, "student_scope": reach})
        row.permissions.set(permissions.split())


def seed_where_empty(sender: AppConfig, *, using: str, **_: object) -> None:
    """After a flush (and only then) the roles are written again: nobody can work in a site without any."""
    from .models import Permission, Role  # noqa: PLC0415  (apps are loaded only now)

    table = Role._meta.db_table
    if table in connections[using].introspection.table_names() and not Role.objects.using(using).exists():
        seed(Role, Permission)
