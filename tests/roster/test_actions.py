"""Writing in the roster: who may, what is left in the trail, and what an erasure leaves behind."""

from datetime import date, timedelta

import pytest
from django.db import ProgrammingError, connection

from cast import AT, ON
from crescendo.accounts.models import AuditEntry, User
from crescendo.core.errors import NotAllowed, NotFound, Refused
from crescendo.imports.models import Change, ImportRun, Source
from crescendo.records import models as records
from crescendo.roster import actions, erasure, queries
from crescendo.roster.models import (
    Enrolment,
    ErasedId,
    ExternalId,
    FamilyLink,
    FamilyMember,
    FamilyRight,
    Post,
    StaffMember,
    Student,
    StudentCharacteristic,
)


def set_right(cast, by, **changes):
    with cast.looking_as(by) as viewer:
        values = {
            "student_id": cast.sam.pk,
            "family_member_id": cast.family["fay"].pk,
            "level": "none",
            "begins_on": ON,
            "basis": "court order 12",
        }
        return actions.set_family_right(**(values | changes), by=viewer, at=AT)


def test_a_principal_takes_a_right_back_and_the_trail_says_so(cast):
    right = set_right(cast, "priya")
    assert right.set_by_person
    with cast.looking_as("fay") as viewer:
        assert not queries.list_children(viewer=viewer).exists()
    entry = AuditEntry.objects.get(verb="family_right.set")
    assert (entry.by, entry.student_id, entry.object_id) == (cast.users["priya"], cast.sam.pk, right.pk)
    assert "court" not in f"{entry.reason}{entry.detail}"


@pytest.mark.parametrize("name", ["tess", "cora", "fay", "sam", "gus", "otto", "bryn", "ana"])
def test_nobody_else_sets_rights(cast, name):
    with pytest.raises(NotAllowed):
        set_right(cast, name)
    assert FamilyRight.objects.count() == 2
    assert not AuditEntry.objects.exists()


def test_a_principal_does_not_set_rights_over_their_own_child(cast):
    FamilyMember.objects.filter(pk=cast.family["fay"].pk).update(user=cast.users["priya"])
    with pytest.raises(NotAllowed, match="own children"):
        set_right(cast, "priya", level="see_and_message")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"level": "everything"}, "Use one of: see_and_message, see, message, none, barred"),
        ({"basis": " "}, "what the right rests on"),
        ({"ends_on": ON - timedelta(days=1)}, "The last day lies before the first"),
    ],
)
def test_a_right_that_makes_no_sense_is_refused_with_what_to_do(cast, changes, says):
    with pytest.raises(Refused, match=says):
        set_right(cast, "priya", **changes)


def test_a_bar_is_lifted_only_by_ending_it(cast):
    barred = FamilyRight.objects.get(level="barred")
    set_right(cast, "priya", family_member_id=cast.family["bryn"].pk, level="see", basis="new order")
    with cast.looking_as("bryn") as viewer:
        assert not queries.list_children(viewer=viewer).exists()
    with cast.looking_as("priya") as viewer:
        actions.end_family_right(right_id=barred.pk, ends_on=ON, reason="order lifted", by=viewer, at=AT)
    with cast.looking_as("bryn", ON + timedelta(days=1)) as viewer:
        assert list(queries.list_children(viewer=viewer)) == [cast.sam]


def correct(cast, by, changes, reason="birth certificate"):
    with cast.looking_as(by) as viewer:
        return actions.correct_student(
            student_id=cast.sam.pk, changes=changes, reason=reason, by=viewer, at=AT
        )


def test_a_correction_owns_its_columns_and_the_trail_names_the_columns_only(cast):
    correct(cast, "priya", {"given_name": "Samuel", "born_on": date(2012, 5, 5), "sex": ""})
    sam = Student.objects.get(pk=cast.sam.pk)
    assert (sam.given_name, sam.born_on, sam.sort_key) == ("Samuel", date(2012, 5, 5), "soto samuel")
    assert sam.owned_fields == ["born_on", "given_name", "sex", "sort_key"]
    entry = AuditEntry.objects.get(verb="student.corrected")
    assert entry.detail == {"fields": ["born_on", "given_name"]}


def test_a_correction_says_what_it_cannot_change(cast):
    with pytest.raises(Refused, match="user_id cannot be corrected here"):
        correct(cast, "priya", {"user_id": cast.users["priya"].pk})
    with pytest.raises(Refused, match="Say what was wrong"):
        correct(cast, "priya", {"sex": "F"}, reason="")
    with pytest.raises(Refused, match="born_on"):
        correct(cast, "priya", {"born_on": "31/02/2012"})
    with pytest.raises(NotAllowed):
        correct(cast, "tess", {"sex": "F"})


def erase(cast, by="adam"):
    with cast.looking_as(by) as viewer:
        actions.erase_student(student_id=cast.sam.pk, reason="request of 3 March", by=viewer, at=AT)


def counts():
    tables = [Student, Enrolment, StudentCharacteristic, *FACTS]
    return {model.__name__: model.objects.count() for model in tables}


FACTS = [
    records.AttendanceEvent,
    records.AssessmentResult,
    records.CourseworkResult,
    records.ParticipationCheck,
    records.ActivityEvent,
    records.BehaviourIncident,
    records.CourseOutcome,
]


def test_an_erased_person_is_gone_and_the_counts_stay(cast):
    Student.objects.filter(pk=cast.sam.pk).update(
        email="sam@harbor.example", phone="555 0100", address="1 Pier", metadata={"nickname": "Sammy"}
    )
    for model in FACTS:
        model.objects.filter(student_id=cast.sam.pk).update(source_key=f"sis-sam:{model.__name__}")
    records.CourseworkResult.objects.filter(student_id=cast.sam.pk).update(comment="Sam was ill")
    import_changed(cast)
    before = counts()
    erase(cast)
    assert counts() == before
    words = everything_stored_about(cast)
    for trace in (
        "Sam",
        "Soto",
        "sam@",
        "555 0100",
        "1 Pier",
        "Sammy",
        "S-sam",
        "sis-sam",
        "was ill",
        "court order",
    ):
        assert trace not in words, trace
    # What is left for undo: the link and the mark, without words.
    assert Change.objects.count() == 2
    sam = Student.objects.get(pk=cast.sam.pk)
    assert (sam.erased_at, sam.born_on, sam.user_id) == (AT, date(2012, 1, 1), None)
    assert not ExternalId.objects.filter(entity="student", object_id=sam.pk).exists()
    assert AuditEntry.objects.get(verb="student.erased").student_id == sam.pk


def import_changed(cast):
    """An import changed Sam, his father, his mother's link and a comment on his work: undo keeps how they were."""
    source = Source.objects.create(slug="sis", title="SIS", kind="oneroster")
    run = ImportRun.objects.create(source=source, started_at=AT)
    rows = {
        "students": cast.sam,
        "family": cast.family["bryn"],
        "family_links": FamilyLink.objects.get(student=cast.sam, family_member=cast.family["fay"]),
        "coursework_results": records.CourseworkResult.objects.get(student_id=cast.sam.pk),
    }
    with connection.cursor() as cursor:
        for target, row in rows.items():
            cursor.execute(
                f"""INSERT INTO imports_change (run_id, target, action, object_id, before, after)
                    SELECT %s, %s, 'changed', id, to_jsonb(t), to_jsonb(t) FROM {row._meta.db_table} t
                    WHERE id = %s AND to_jsonb(t)->>'school_year' IS NOT DISTINCT FROM %s""",
                [run.pk, target, row.id, str(row.school_year) if hasattr(row, "school_year") else None],
            )
    assert Change.objects.filter(run=run).count() == len(rows)


def everything_stored_about(cast):
    """Every row of every table that names the student, the family or their sign-ins, as text."""
    adults = list(FamilyLink.objects.filter(student=cast.sam).values_list("family_member_id", flat=True))
    users = [cast.users[name].pk for name in ("sam", "fay", "bryn")]
    found = []
    with connection.cursor() as cursor:
        cursor.execute("""
            SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'student_id'
            WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relnamespace = 'public'::regnamespace
        """)
        questions = [
            (f"SELECT t::text FROM {row[0]} t WHERE student_id = %s", cast.sam.pk)
            for row in cursor.fetchall()
        ]
        questions += [("SELECT t::text FROM roster_student t WHERE id = %s", cast.sam.pk)]
        questions += [("SELECT t::text FROM roster_familymember t WHERE id = ANY(%s)", adults)]
        questions += [("SELECT t::text FROM imports_change t WHERE id > %s", 0)]
        questions += [("SELECT t::text FROM accounts_user t WHERE id = ANY(%s)", users)]
        for question, value in questions:
            cursor.execute(question, [value])
            found += [row[0] for row in cursor.fetchall()]
    assert len(found) > 15
    return "\n".join(found)


def test_nobody_of_the_family_can_sign_in_or_see_after_an_erasure(cast):
    erase(cast)
    assert not User.objects.filter(
        pk__in=[cast.users[n].pk for n in ("sam", "fay", "bryn")], is_active=True
    ).exists()


def test_an_adult_who_has_another_child_here_stays(cast):
    FamilyLink.objects.create(student=cast.students["nora"], family_member=cast.family["fay"])
    erase(cast)
    fay = FamilyMember.objects.get(pk=cast.family["fay"].pk)
    assert (fay.given_name, fay.user) == ("Fay", cast.users["fay"])
    assert FamilyMember.objects.get(pk=cast.family["bryn"].pk).given_name == "Erased"


def test_the_next_import_recognises_an_erased_id_without_being_able_to_read_it(cast):
    erase(cast)
    stored = ErasedId.objects.get().digest
    assert stored == erasure.digest("sis", "student", "sis-sam")
    assert erasure.digest("sis", "student", "sis-nora") != stored
    assert "sis-sam" not in stored


def test_an_erased_student_is_in_no_list_and_is_erased_once(cast):
    erase(cast)
    with cast.looking_as("priya") as viewer:
        assert cast.sam not in queries.list_students(viewer=viewer)
    with pytest.raises(NotFound):
        erase(cast)


@pytest.mark.parametrize("name", ["dina", "priya", "tess", "fay", "sam", "gus", "bryn"])
def test_only_an_administrator_erases(cast, name):
    with pytest.raises(NotAllowed):
        erase(cast, by=name)
    with (
        pytest.raises(ProgrammingError, match="may not erase student"),
        cast.looking_as(name),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT crescendo_erase_student(%s, now())", [cast.sam.pk])
    assert Student.objects.get(pk=cast.sam.pk).given_name == "Sam"


def give(cast, by, **changes):
    values = {"staff_id": cast.staff["otto"].pk, "organisation_id": cast.lincoln.pk, "role_code": "counselor"}
    with cast.looking_as(by) as viewer:
        return actions.give_post(**(values | changes), begins_on=ON, by=viewer, at=AT)


def test_a_post_opens_and_its_end_closes_what_it_reaches(cast):
    post = give(cast, "dina")
    with cast.looking_as("otto") as viewer:
        assert cast.sam in queries.list_students(viewer=viewer)
    with cast.looking_as("dina") as viewer:
        actions.end_post(post_id=post.pk, ends_on=ON, by=viewer, at=AT)
    with cast.looking_as("otto", ON + timedelta(days=1)) as viewer:
        assert list(queries.list_students(viewer=viewer)) == [cast.students["omar"]]
    assert list(AuditEntry.objects.order_by("id").values_list("verb", flat=True)) == [
        "post.given",
        "post.ended",
    ]


def test_posts_are_given_by_those_who_manage_them_and_never_to_oneself(cast):
    for name in ("priya", "hana", "otto", "gus"):
        with pytest.raises(
            NotAllowed, match="Nobody gives" if name == "otto" else "Only staff who manage posts"
        ):
            give(cast, name)
    with pytest.raises(NotAllowed, match="own post"):
        give(cast, "dina", staff_id=cast.staff["dina"].pk)
    with pytest.raises(NotAllowed, match="Only an administrator"):
        give(cast, "dina", role_code="administrator")
    assert give(cast, "adam", role_code="administrator").role_id == "administrator"
    assert Post.objects.filter(staff=cast.staff["otto"]).count() == 2


def test_a_sign_in_stands_for_one_person_of_a_kind(cast):
    with cast.looking_as("adam") as viewer, pytest.raises(Refused, match="belongs to somebody else"):
        actions.link_user(person=cast.staff["otto"], user=cast.users["tess"], by=viewer, at=AT)
    with cast.looking_as("adam") as viewer:
        actions.link_user(person=cast.staff["otto"], user=None, by=viewer, at=AT)
        actions.link_user(person=cast.students["nora"], user=cast.users["otto"], by=viewer, at=AT)
    with cast.looking_as("otto") as viewer:
        assert list(queries.list_students(viewer=viewer)) == [cast.students["nora"]]
    with cast.looking_as("tess") as viewer, pytest.raises(NotAllowed):
        actions.link_user(person=cast.staff["tess"], user=None, by=viewer, at=AT)


def test_a_barred_parent_who_manages_posts_stays_barred(cast):
    """Nobody takes their sign-in from the adult who is barred, nor gives it to another person."""
    staff = StaffMember.objects.create(given_name="Bryn", family_name="Baker", user=cast.users["bryn"])
    Post.objects.create(staff=staff, organisation=cast.lincoln, role_id="district_leader", begins_on=ON)
    FamilyLink.objects.create(student=cast.students["nora"], family_member=cast.family["bryn"])
    for person, user in (
        (cast.family["bryn"], None),
        (staff, None),
        (cast.family["fay"], cast.users["bryn"]),
    ):
        with cast.looking_as("bryn") as viewer, pytest.raises(NotAllowed, match="their own sign-in"):
            actions.link_user(person=person, user=user, by=viewer, at=AT)
    with cast.looking_as("bryn") as viewer:
        assert cast.sam not in queries.list_students(viewer=viewer)
