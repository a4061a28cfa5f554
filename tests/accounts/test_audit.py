"""The trail: rows are added and read, never changed; a family sees who read its child's record."""

from datetime import timedelta

import pytest
from django.db import ProgrammingError, connection, transaction

from cast import AT, as_web_role
from crescendo.accounts import actions, queries
from crescendo.accounts.models import AuditEntry
from crescendo.roster.scope import looking_as


def view(cast, name, student="sam", at=AT, page="student"):
    with cast.looking_as(name):
        return actions.record_view(
            student_id=cast.students[student].pk, by=cast.users[name].pk, at=at, reason="class", page=page
        )


@pytest.mark.parametrize("role", ["crescendo_web", "crescendo_worker"])
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE accounts_auditentry SET verb = 'nothing.happened'",
        "DELETE FROM accounts_auditentry",
        "TRUNCATE accounts_auditentry",
    ],
)
def test_nobody_changes_the_trail(cast, role, change):
    view(cast, "tess")
    with as_web_role(), connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {role}")
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            cursor.execute(change)
    assert AuditEntry.objects.get().verb == "student.viewed"


def test_nobody_writes_a_line_in_anothers_name(cast):
    with pytest.raises(ProgrammingError, match="row-level security"), cast.looking_as("tess"):
        actions.record_audit(
            verb="student.viewed", object_type="student", object_id=1, by=cast.users["otto"].pk, at=AT
        )


def test_before_sign_in_a_line_can_be_written(cast):
    with looking_as(None, cast.on), as_web_role():
        actions.record_audit(
            verb="user.signed_in", object_type="user", object_id=1, by=cast.users["tess"].pk, at=AT
        )
        assert not AuditEntry.objects.exists()
    assert AuditEntry.objects.get().by == cast.users["tess"]


def test_one_person_reading_one_record_is_one_line_a_day(cast):
    assert [view(cast, "tess"), view(cast, "tess", at=AT + timedelta(hours=3))] == [True, False]
    assert view(cast, "tess", at=AT + timedelta(days=1))
    assert view(cast, "tess", "nora")
    assert view(cast, "priya")
    assert view(cast, "tess", page="class")
    assert AuditEntry.objects.count() == 5


def readers(cast, name):
    with cast.looking_as(name):
        return {entry.by.username for entry in queries.list_views_of_student(student_id=cast.sam.pk)}


def test_the_family_the_student_and_the_leaders_see_who_read_the_record(cast):
    for name in ("tess", "priya", "cora"):
        view(cast, name)
    view(cast, "otto", "omar")
    for name in ("fay", "sam", "priya", "dina"):
        assert readers(cast, name) == {"tess", "priya", "cora"}, name
    assert readers(cast, "tess") == {"tess"}
    for name in ("otto", "gus", "bryn", "ana"):
        assert readers(cast, name) == set(), name


def test_what_is_about_no_student_is_for_those_who_may_see_the_trail(cast):
    with cast.looking_as("adam"):
        actions.record_audit(
            verb="import.run", object_type="import", object_id=1, by=cast.users["adam"].pk, at=AT
        )
    seen = {}
    for name in ("dina", "adam", "tess", "gus", "fay"):
        with cast.looking_as(name):
            seen[name] = queries.list_audit_entries().count()
    assert seen == {"dina": 1, "adam": 1, "tess": 0, "gus": 0, "fay": 0}
