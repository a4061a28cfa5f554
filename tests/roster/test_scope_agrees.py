"""Scope against a second telling of the same rules: plain loops over all rows, in districts made by chance."""

import random
from datetime import date, timedelta

import pytest

from cast import as_web_role
from crescendo.accounts.models import Role, User
from crescendo.roster import models as roster
from crescendo.roster import queries
from crescendo.roster.models import FamilyRight, Organisation
from crescendo.roster.scope import looking_as

FIRST = date(2025, 9, 1)
PEOPLE = {"given_name": "A", "family_name": "B"}


class District:
    """A small district with every kind of date and ending, made by chance."""

    def __init__(self, seed):
        self.chance = random.Random(seed)
        top = Organisation.objects.create(kind="district", name="top")
        schools = [Organisation.objects.create(kind="school", name=f"s{n}", parent=top) for n in range(3)]
        department = Organisation.objects.create(kind="department", name="d", parent=schools[0])
        self.organisations = [top, *schools, department]
        self.users = [
            User.objects.create(
                username=f"u{seed}-{n}",
                display_name="U",
                created_at="2025-01-01T00:00Z",
                is_active=self.chance.random() < 0.9,
            )
            for n in range(14)
        ]
        self.make_students(schools)
        self.make_staff(schools)
        self.make_families()

    def day(self, spread=260):
        return FIRST + timedelta(days=self.chance.randrange(-40, spread))

    def maybe_after(self, begins_on, chance=0.5):
        return (
            begins_on + timedelta(days=self.chance.randrange(200)) if self.chance.random() < chance else None
        )

    def user(self, kept):
        return self.chance.choice(kept) if kept and self.chance.random() < 0.7 else None

    def make_students(self, schools):
        self.students = []
        free = list(self.users)
        for n in range(25):
            user = self.user(free) if n < 4 else None
            if user:
                free.remove(user)
            born_on = self.chance.choice([None, date(2008, 1, 10), date(2007, 12, 1), date(2012, 2, 29)])
            student = roster.Student.objects.create(**PEOPLE, born_on=born_on, user=user)
            self.students.append(student)
            for school in self.chance.sample(schools, self.chance.randrange(0, 3)):
                entry_on = self.day()
                roster.Enrolment.objects.create(
                    student=student,
                    school=school,
                    school_year=2026,
                    entry_on=entry_on,
                    exit_on=self.maybe_after(entry_on),
                    ended_on=self.maybe_after(entry_on, 0.2),
                    is_primary=False,
                )

    def make_staff(self, schools):
        classes = [
            roster.SchoolClass.objects.create(
                school=self.chance.choice(schools),
                title=f"c{n}",
                school_year=2026,
                ended_on=self.maybe_after(FIRST, 0.2),
            )
            for n in range(5)
        ]
        for taught in classes:
            for student in self.chance.sample(self.students, 6):
                begins_on = self.day()
                roster.ClassEnrolment.objects.create(
                    school_class=taught,
                    student=student,
                    begins_on=begins_on,
                    ends_on=self.maybe_after(begins_on),
                    ended_on=self.maybe_after(begins_on, 0.2),
                )
        roles = [
            Role.objects.get(pk=code) for code in ("principal", "counselor", "teacher", "governor", "coach")
        ]
        leader = User.objects.create(username="leader", display_name="L", created_at="2025-01-01T00:00Z")
        self.users.append(leader)
        lasting = roster.StaffMember.objects.create(**PEOPLE, user=leader)
        roster.Post.objects.create(
            staff=lasting, organisation=self.organisations[0], role=roles[0], begins_on=FIRST
        )
        for user in self.chance.sample(self.users[:-1], 9):
            member = roster.StaffMember.objects.create(
                **PEOPLE, user=user, ended_on=self.maybe_after(FIRST, 0.1)
            )
            for _ in range(self.chance.randrange(0, 3)):
                begins_on = self.day()
                roster.Post.objects.create(
                    staff=member,
                    organisation=self.chance.choice(self.organisations),
                    role=self.chance.choice(roles),
                    begins_on=begins_on,
                    ends_on=self.maybe_after(begins_on),
                    ended_on=self.maybe_after(begins_on, 0.2),
                )
            for taught in self.chance.sample(classes, self.chance.randrange(0, 3)):
                begins_on = self.day()
                roster.ClassStaff.objects.create(
                    school_class=taught,
                    staff=member,
                    begins_on=begins_on,
                    ends_on=self.maybe_after(begins_on),
                )

    def make_families(self):
        for user in self.chance.sample(self.users, 9):
            adult = roster.FamilyMember.objects.create(
                **PEOPLE, user=user, ended_on=self.maybe_after(FIRST, 0.1)
            )
            for student in self.chance.sample(self.students, 4):
                if self.chance.random() < 0.8:
                    ended_on = self.maybe_after(FIRST, 0.3)
                    roster.FamilyLink.objects.create(student=student, family_member=adult, ended_on=ended_on)
                for _ in range(self.chance.randrange(1, 3)):
                    begins_on = self.day()
                    FamilyRight.objects.create(
                        student=student,
                        family_member=adult,
                        level=self.chance.choice(FamilyRight.Level.values),
                        begins_on=begins_on,
                        ends_on=self.maybe_after(begins_on),
                        outlasts_majority=self.chance.random() < 0.3,
                        set_by_person=self.chance.random() < 0.3,
                    )


def holds(row, on, begins="begins_on", ends="ends_on"):
    """Both days count; a row is over from the day its source ended it."""
    over = getattr(row, "ended_on", None)
    last = getattr(row, ends)
    return getattr(row, begins) <= on and (last is None or on <= last) and (over is None or on < over)


def has_not_left(person, on):
    return person.ended_on is None or on < person.ended_on


def below(organisation_id):
    found = {organisation_id}
    while more := set(Organisation.objects.filter(parent_id__in=found).values_list("pk", flat=True)) - found:
        found |= more
    return found


def told_by_loops(user, on):
    """student id -> reasons, by the rules as a person would read them out."""
    seen: dict[int, set[str]] = {}
    if not user.is_active:
        return seen
    for member in roster.StaffMember.objects.filter(user=user):
        posts = [
            p for p in roster.Post.objects.filter(staff=member) if holds(p, on) and has_not_left(member, on)
        ]
        for post in posts:
            if post.role.student_scope == "organisation":
                for e in roster.Enrolment.objects.filter(school_id__in=below(post.organisation_id)):
                    gone = [day for day in (e.exit_on, e.ended_on) if day is not None]
                    if e.entry_on <= on and all((on - day).days <= 90 for day in gone):
                        seen.setdefault(e.student_id, set()).add("organisation")
        if any(post.role.student_scope in ("organisation", "classes") for post in posts):
            for cs in roster.ClassStaff.objects.filter(staff=member):
                if holds(cs, on) and has_not_left(cs.school_class, on):
                    for ce in roster.ClassEnrolment.objects.filter(school_class=cs.school_class):
                        if holds(ce, on):
                            seen.setdefault(ce.student_id, set()).add("class")
    barred = add_family(user, on, seen)
    for student in roster.Student.objects.filter(user=user):
        seen.setdefault(student.pk, set()).add("self")
    return {student: reasons for student, reasons in seen.items() if student not in barred}


def add_family(user, on, seen):
    barred = set()
    for adult in roster.FamilyMember.objects.filter(user=user):
        for student in roster.Student.objects.filter(family_rights__family_member=adult).distinct():
            rights = [
                r for r in FamilyRight.objects.filter(student=student, family_member=adult) if holds(r, on)
            ]
            if any(right.level == "barred" for right in rights):
                barred.add(student.pk)
            if not rights or not has_not_left(adult, on):
                continue
            latest = max(rights, key=lambda r: (r.set_by_person, r.begins_on, r.pk))
            of_age = student.born_on is not None and age(student.born_on, on) >= 18
            links = roster.FamilyLink.objects.filter(student=student, family_member=adult)
            lasts = latest.set_by_person or any(has_not_left(link, on) for link in links)
            if (
                latest.level in ("see", "see_and_message")
                and lasts
                and (latest.outlasts_majority or not of_age)
            ):
                seen.setdefault(student.pk, set()).add("family")
    return barred


def age(born_on, on):
    return on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))


@pytest.mark.parametrize("seed", range(4))
def test_scope_the_lists_and_row_level_security_agree_with_plain_loops(db, seed):
    district = District(seed)
    reasons_met = set()
    for user in district.users:
        for on in (FIRST, FIRST + timedelta(days=100), FIRST + timedelta(days=190)):
            told = told_by_loops(user, on)
            with looking_as(user.pk, on), as_web_role():
                viewer = queries.get_viewer(user=user, on=on)
                # An inactive sign-in is nobody to Python; row-level security has to know it by itself.
                if user.is_active:
                    assert {s.pk for s in queries.list_students(viewer=viewer)} == set(told)
                    assert {s: queries.reason_codes(viewer, s) for s in told} == told
                assert set(roster.Student.objects.values_list("pk", flat=True)) == set(told)
            reasons_met.update(*told.values())
    assert reasons_met >= {"organisation", "class", "family"}
