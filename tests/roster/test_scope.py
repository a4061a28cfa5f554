"""Who may see which student, and why."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import ProgrammingError, transaction

from cast import ON, YEAR_BEGINS_ON, as_web_role
from crescendo.accounts.models import User
from crescendo.core.errors import NotFound
from crescendo.roster import queries
from crescendo.roster.models import (
    ClassEnrolment,
    Enrolment,
    FamilyLink,
    FamilyRight,
    Organisation,
    Post,
    Student,
)
from crescendo.roster.scope import SeenBy, look_as, looking_as

LINCOLN = {"sam", "nora", "quinn", "lena"}
EXPECTED = {
    "dina": LINCOLN | {"omar"},
    "ana": LINCOLN | {"omar"},
    "adam": LINCOLN | {"omar"},
    "priya": LINCOLN,
    "cora": LINCOLN,
    "tess": {"sam", "nora"},
    "otto": {"omar"},
    "fay": {"sam"},
    "sam": {"sam"},
    "ivo": set(),
    "hana": set(),
    "max": set(),
    "mona": set(),
    "gus": set(),
    "bryn": set(),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_each_of_the_cast_sees_exactly_the_students_there_is_a_reason_for(cast, name):
    with cast.looking_as(name) as viewer:
        seen = {student.pk for student in queries.list_students(viewer=viewer)}
    assert seen == {cast.students[student].pk for student in EXPECTED[name]}


def seen_by(cast, name, on=None):
    with cast.looking_as(name, on) as viewer:
        return {key for key, student in cast.students.items() if queries.why_may_see(viewer, student)}


def test_the_reason_is_said_in_words(cast):
    with cast.looking_as("priya") as viewer:
        assert [reason.sentence for reason in queries.why_may_see(viewer, cast.sam)] == [
            "Principal for Lincoln School"
        ]
    with cast.looking_as("tess") as viewer:
        assert [reason.sentence for reason in queries.why_may_see(viewer, cast.sam)] == [
            "teaches 7 Mathematics"
        ]
    with cast.looking_as("fay") as viewer:
        assert [reason.code for reason in queries.why_may_see(viewer, cast.sam)] == ["family"]
    with cast.looking_as("otto") as viewer:
        assert queries.why_may_see(viewer, cast.sam) == []


def test_out_of_scope_and_absent_look_the_same(cast):
    with cast.looking_as("otto") as viewer:
        for student_id in (cast.sam.pk, 10**12):
            with pytest.raises(NotFound) as found:
                queries.get_student(viewer=viewer, student_id=student_id)
            assert "There is no such student" in str(found.value)
    with cast.looking_as("tess") as viewer:
        assert queries.get_student(viewer=viewer, student_id=cast.sam.pk) == cast.sam


@pytest.mark.parametrize(("days", "seen"), [(89, True), (90, True), (91, False)])
def test_a_leaver_stays_visible_to_the_school_for_ninety_days(cast, days, seen):
    Enrolment.objects.filter(student=cast.students["lena"]).update(exit_on=ON - timedelta(days=days))
    assert ("lena" in seen_by(cast, "priya")) is seen


def test_an_enrolment_that_its_source_dropped_counts_as_a_leaver(cast):
    Enrolment.objects.filter(student=cast.sam).update(ended_on=ON - timedelta(days=91))
    assert "sam" not in seen_by(cast, "priya")
    assert "sam" in seen_by(cast, "tess")


def test_next_years_enrolment_counts_from_its_first_day(cast):
    first_day = date(2026, 8, 24)
    assert "yara" not in seen_by(cast, "priya", first_day - timedelta(days=1))
    assert "yara" in seen_by(cast, "priya", first_day)


def test_a_teacher_sees_a_student_on_the_last_day_in_the_class_and_not_on_the_next(cast):
    ClassEnrolment.objects.filter(student=cast.sam).update(ends_on=ON)
    assert "sam" in seen_by(cast, "tess")
    assert "sam" not in seen_by(cast, "tess", ON + timedelta(days=1))


def test_a_teacher_whose_post_has_ended_sees_nobody_whatever_the_class_list_says(cast):
    Post.objects.filter(staff=cast.staff["tess"]).update(ends_on=ON - timedelta(days=1))
    assert seen_by(cast, "tess") == set()


def test_a_principal_of_a_department_does_not_see_the_school_above_it(cast):
    department = Organisation.objects.create(kind="department", name="Music", parent=cast.lincoln)
    Post.objects.filter(staff=cast.staff["priya"]).update(organisation=department)
    assert seen_by(cast, "priya") == set()


def test_somebody_who_may_not_sign_in_any_more_sees_nobody(cast):
    for name in ("dina", "tess", "fay", "sam"):
        User.objects.filter(pk=cast.users[name].pk).update(is_active=False)
        with looking_as(cast.users[name].pk, ON), as_web_role():
            assert not Student.objects.exists()


class TestFamilyRights:
    """What an adult may see follows the dated rights alone."""

    def test_a_right_counts_from_its_first_day_to_its_last(self, cast):
        FamilyRight.objects.filter(family_member=cast.family["fay"]).update(begins_on=ON, ends_on=ON)
        days = [ON - timedelta(days=1), ON, ON + timedelta(days=1)]
        assert ["sam" in seen_by(cast, "fay", day) for day in days] == [False, True, False]

    @pytest.mark.parametrize(
        ("level", "seen"),
        [("see", True), ("see_and_message", True), ("message", False), ("none", False), ("barred", False)],
    )
    def test_of_two_rights_the_later_one_counts(self, cast, level, seen):
        FamilyRight.objects.create(
            student=cast.sam, family_member=cast.family["fay"], level=level, begins_on=ON - timedelta(days=2)
        )
        assert ("sam" in seen_by(cast, "fay")) is seen

    def test_what_a_person_set_counts_before_what_a_later_import_brought(self, cast):
        FamilyRight.objects.filter(family_member=cast.family["fay"]).update(level="none", set_by_person=True)
        FamilyRight.objects.create(
            student=cast.sam, family_member=cast.family["fay"], level="see", begins_on=ON
        )
        assert seen_by(cast, "fay") == set()

    def test_barred_wins_over_a_later_right_to_see(self, cast):
        FamilyRight.objects.create(
            student=cast.sam,
            family_member=cast.family["bryn"],
            level="see_and_message",
            begins_on=ON,
            set_by_person=True,
        )
        assert seen_by(cast, "bryn") == set()

    def test_when_the_bar_is_lifted_the_other_right_counts_again(self, cast):
        FamilyRight.objects.filter(level="barred").update(ends_on=ON)
        FamilyRight.objects.create(
            student=cast.sam, family_member=cast.family["bryn"], level="see", begins_on=YEAR_BEGINS_ON
        )
        assert seen_by(cast, "bryn") == set()
        assert seen_by(cast, "bryn", ON + timedelta(days=1)) == {"sam"}

    def test_rights_pass_to_the_student_on_the_eighteenth_birthday(self, cast):
        birthday = date(2030, 5, 4)
        assert seen_by(cast, "fay", birthday - timedelta(days=1)) == {"sam"}
        assert seen_by(cast, "fay", birthday) == set()
        assert seen_by(cast, "sam", birthday) == {"sam"}

    def test_a_right_that_the_student_agreed_to_outlasts_the_birthday(self, cast):
        FamilyRight.objects.filter(family_member=cast.family["fay"]).update(outlasts_majority=True)
        assert seen_by(cast, "fay", date(2030, 5, 4)) == {"sam"}

    def test_the_age_is_the_sites_own(self, cast, settings):
        settings.RIGHTS_PASS_AT_AGE = 13
        assert seen_by(cast, "fay") == set()

    def test_what_an_import_gave_lasts_as_long_as_the_link_it_came_with(self, cast):
        FamilyLink.objects.filter(family_member=cast.family["fay"]).update(ended_on=ON)
        assert seen_by(cast, "fay", ON - timedelta(days=1)) == {"sam"}
        assert seen_by(cast, "fay") == set()

    def test_what_a_person_gave_outlasts_the_link(self, cast):
        FamilyRight.objects.filter(family_member=cast.family["fay"]).update(set_by_person=True)
        FamilyLink.objects.filter(family_member=cast.family["fay"]).update(ended_on=ON)
        assert seen_by(cast, "fay") == {"sam"}

    def test_a_link_without_a_right_shows_nothing(self, cast):
        FamilyRight.objects.filter(family_member=cast.family["fay"]).delete()
        assert seen_by(cast, "fay") == set()


def test_a_query_for_another_viewer_than_the_transactions_is_refused(cast):
    with pytest.raises(ProgrammingError, match="The query asks for user"), cast.looking_as("gus"):
        list(queries.list_students(viewer=cast.viewer("dina")))


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_nobody_can_become_the_viewer():
    with pytest.raises(transaction.TransactionManagementError, match="Open a transaction first"):
        look_as(1, ON)


def test_looking_as_somebody_ends_where_it_says(cast):
    with cast.looking_as("priya") as viewer:
        before = queries.list_students(viewer=viewer).count()
        with looking_as(cast.users["gus"].pk, ON):
            assert not Student.objects.exists()
        assert queries.list_students(viewer=viewer).count() == before == 4


def test_search_finds_beginnings_of_names_without_accents_and_only_in_scope(cast):
    with cast.looking_as("priya") as viewer:
        for text in ("nunez", "Núñ", "nora nu", "NORA", "S-nora"):
            assert queries.search_students(viewer=viewer, text=text) == [cast.students["nora"]], text
        assert queries.search_students(viewer=viewer, text="Okafor") == []
        assert queries.search_students(viewer=viewer, text="  ") == []
        assert queries.search_students(viewer=viewer, text="%") == []


def test_schools_and_classes_follow_the_posts(cast):
    def offered(name):
        with cast.looking_as(name) as viewer:
            return (
                {school.name for school in queries.list_schools(viewer=viewer)},
                {taught.title for taught in queries.list_classes(viewer=viewer)},
            )

    both = {"Lincoln School", "Monroe School"}
    assert offered("dina") == (both, {"7 Mathematics", "7 Science"})
    assert offered("gus") == (both, set())
    assert offered("tess") == ({"Lincoln School"}, {"7 Mathematics"})
    assert offered("fay") == ({"Lincoln School"}, set())
    assert offered("bryn") == (set(), set())
    assert offered("max") == (set(), set())


def test_the_family_of_a_student_as_the_school_and_as_an_adult_sees_it(cast):
    with cast.looking_as("priya") as viewer:
        family = queries.list_family(viewer=viewer, student_id=cast.sam.pk)
        assert {link.family_member.given_name for link in family} == {"Fay", "Bryn"}
        rights = queries.list_family_rights(viewer=viewer, student_id=cast.sam.pk)
        assert {right.level for right in rights} == {"see_and_message", "barred"}
    with cast.looking_as("fay") as viewer:
        assert [
            link.family_member for link in queries.list_family(viewer=viewer, student_id=cast.sam.pk)
        ] == [cast.family["fay"]]
        assert list(queries.list_children(viewer=viewer)) == [cast.sam]
    with cast.looking_as("bryn") as viewer:
        assert list(queries.list_children(viewer=viewer)) == []


def test_a_viewer_knows_posts_roles_and_permissions_of_the_day(cast):
    tess = cast.viewer("tess")
    assert (tess.role_codes, tess.school_year, tess.is_staff, tess.language) == (
        {"teacher"},
        2026,
        True,
        "en-us",
    )
    assert tess.may("participation.record")
    assert not tess.may("records.erase")
    fay = cast.viewer("fay")
    assert (fay.is_family, fay.is_staff, fay.language, fay.permission_codes) == (
        True,
        False,
        "es",
        frozenset(),
    )
    assert cast.viewer("gus").permission_codes == {"results.see"}
    nobody = queries.get_viewer(user=AnonymousUser(), on=ON)
    assert (nobody.is_signed_in, nobody.permission_codes) == (False, frozenset())


@pytest.mark.parametrize("username", EXPECTED)
def test_asked_about_a_few_students_only_those_in_scope_are_seen(cast, username):
    """As everybody in scope, cut down to the few: the narrower question opens nothing."""
    asked = {name: cast.students[name].pk for name in ("sam", "omar")}
    viewer = cast.viewer(username)
    with cast.looking_as(username):
        found = Student.objects.filter(
            SeenBy(viewer, among=asked.values()), pk__in=[s.pk for s in cast.students.values()]
        )
        assert {name for name, pk in asked.items() if pk in {s.pk for s in found}} == EXPECTED[
            username
        ] & set(asked)
        assert {s.pk for s in found} <= set(asked.values())


def test_who_nobody_is_asked_about_is_not_seen(cast):
    with cast.looking_as("dina"):
        assert not Student.objects.filter(SeenBy(cast.viewer("dina"), among=())).exists()
