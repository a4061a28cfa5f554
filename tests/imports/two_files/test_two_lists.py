"""Two lists are enough: a school, its students, its days and its attendance, with answers worked out by hand."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse

import packages
from cast import Cast
from crescendo.accounts.models import User
from crescendo.first_administrator import appoint
from crescendo.imports import actions as imports
from crescendo.imports import tasks
from crescendo.imports.models import ImportRun
from crescendo.indicators import actions as indicators
from crescendo.indicators.models import GroupValue
from crescendo.records.models import AttendanceEvent, AttendanceSubmission
from crescendo.roster.models import Calendar, CalendarDay, Enrolment, Organisation, Student
from imports.two_files import school

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def adam(client: Client, settings: object) -> Client:
    """The administrator of a new site, in which there is nothing else."""
    appoint(
        username="adam", name="Adam Abbott", email="", password="a long enough secret", organisation="Hill District",
        on=school.AT.date(), at=school.AT,
    )  # fmt: skip
    client.force_login(User.objects.get())
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
    return client


def send(client: Client, students: str | bytes, attendance: str | bytes, **more: object) -> object:
    files = {
        name: SimpleUploadedFile(f"{name}.csv", content if isinstance(content, bytes) else content.encode())
        for name, content in (("students", students), ("attendance", attendance))
    }
    return client.post(reverse("imports:two_files_send"), files | {"school_name": "Hill Farm School"} | more)


def confirm(client: Client, **changed: object) -> object:
    """Say yes to the page as it stands, but for what is changed: as a browser would send it."""
    form = client.get(reverse("imports:two_files_confirm")).context["form"]
    answers = {name: field.initial or "" for name, field in form.fields.items()}
    return client.post(reverse("imports:two_files_confirm"), answers | changed)


def work() -> ImportRun:
    run = ImportRun.objects.latest("pk")
    tasks.run_import(run.pk, always_ask=False)
    run.refresh_from_db()
    return run


def measure() -> dict[str, GroupValue]:
    run = indicators.run_measurement(as_of=school.AT.date(), school_year=2026)
    hill = Organisation.objects.get(name="Hill Farm School")
    values = GroupValue.objects.filter(organisation_id=hill.pk, run_id=run.pk, characteristic="")
    return {value.indicator: value for value in values}


def test_two_lists_make_a_school_with_the_right_attendance(adam: Client) -> None:
    response = send(adam, school.students(), school.attendance())
    assert response.headers["Location"] == reverse("imports:two_files_confirm")
    page = adam.get(response.headers["Location"]).content.decode()
    assert "names 10 days, from Jan. 5, 2026 to Jan. 16, 2026" in page
    assert confirm(adam).status_code == 302
    run = work()
    assert (run.state, run.message) == ("applied", "")
    hill = Organisation.objects.get(name="Hill Farm School")
    assert (hill.kind, hill.parent.name) == ("school", "Hill District")
    assert Student.objects.get(identifier="007").name == "Ana Álvarez"
    ana = Enrolment.objects.get(student__identifier="007")
    assert (ana.school, ana.grade_level, ana.entry_on, ana.school_year) == (hill, "6", school.DAYS[0], 2026)
    assert list(CalendarDay.objects.order_by("on").values_list("on", flat=True)) == school.DAYS
    assert AttendanceSubmission.objects.filter(school_id=hill.pk).count() == 10
    measured = measure()
    attended, chronic = measured["attendance_rate"], measured["chronic_absence"]
    assert (attended.numerator, attended.denominator) == (school.ATTENDED, school.POSSIBLE)
    assert (chronic.numerator, chronic.denominator) == (2, 6)


SHEETS = {
    "semicolons, Windows letters, days before months": (
        school.students(";").encode("cp1252"), school.attendance(";", "%d.%m.%Y").encode("cp1252"), {},
    ),
    "tabs, UTF-16, months first, which could be days first": (
        school.students("\t").encode("utf-16"), school.attendance("\t", "%m/%d/%Y").encode("utf-16"), {},
    ),
    "days as a spreadsheet counts them": (
        school.students(),
        "Student ID,Date,Code\n" + "".join(
            f"{key},{(day - date(1899, 12, 30)).days},{school.MARKS.get((key, day.day), 'P')}\n"
            for key in school.PEOPLE for day in school.DAYS
        ), {},
    ),
    "a time behind each day, and a byte order mark": (
        b"\xef\xbb\xbf" + school.students().encode(), school.attendance(written="%m/%d/%Y 0:00"), {},
    ),
    "one column for the whole name": (
        "ID,Name,Grade\n" + "".join(f'{key},"{last}, {first}",{grade}\n' for key, (first, last, grade, _) in school.PEOPLE.items()),
        school.attendance(written="%Y-%m-%d"), {},
    ),
}  # fmt: skip


@pytest.mark.parametrize("how", SHEETS)
def test_the_same_lists_written_otherwise_give_the_same_answer(adam: Client, how: str) -> None:
    students, attendance, changed = SHEETS[how]
    send(adam, students, attendance)
    assert confirm(adam, **changed).status_code == 302
    run = work()
    assert (run.state, run.message) == ("applied", "")
    assert Student.objects.get(identifier="007").name == "Ana Álvarez"
    assert sorted(CalendarDay.objects.values_list("on", flat=True)) == school.DAYS
    missed = AttendanceEvent.objects.filter(absent_share__gt=0)
    assert sorted((event.on.day, event.absent_share) for event in missed) == [
        (5, 1), (6, 1), (7, 1), (8, 0.5), (12, 1),
    ]  # fmt: skip


def test_rows_that_cannot_be_used_are_set_aside_with_a_reason_and_the_rest_is_right(adam: Client) -> None:
    students = school.students() + "007,Ana,Álvarez,6,2013-05-01\n,Nobody,Known,6,2013-05-01\n"
    attendance = school.attendance(everybody=True)
    attendance += "007,01/05/2026,P\n099,01/05/2026,A\n,01/05/2026,A\n007,13/13/2026,A\n012,01/06/2026,X\n"
    send(adam, students, attendance)
    assert confirm(adam, on_written="%m/%d/%Y").status_code == 302
    run = work()
    assert run.state == "applied"
    aside = sorted(run.set_aside_rows.values_list("file", "row", "code"))
    assert aside == [
        ("attendance.csv", 63, "reference.missing_target_record"),
        ("attendance.csv", 64, "row.missing"),
        ("attendance.csv", 65, "row.bad_date"),
        ("attendance.csv", 66, "row.unknown_value"),
        ("students.csv", 9, "row.missing"),
    ]
    assert Student.objects.count() == 6
    assert measure()["attendance_rate"].numerator == school.ATTENDED


def test_a_list_of_absences_alone_counts_the_days_it_names_and_those_a_person_ticks(adam: Client) -> None:
    send(adam, school.students(), school.attendance(everybody=False))
    page = adam.get(reverse("imports:two_files_confirm"))
    assert [day.isoformat() for day in page.context["left_out"]] == []
    assert page.context["number_of_days"] == 6
    # 5 to 9 and 12 January have an absence; the later days of the week cannot be known from this list.
    assert confirm(adam).status_code == 302
    assert work().state == "applied"
    assert (measure()["attendance_rate"].denominator) == 6 * 6


def test_a_day_on_which_nobody_was_away_is_ticked_and_then_counts(adam: Client) -> None:
    text = "Student ID,Date,Code\n008,2026-01-05,A\n010,2026-01-07,U\n"
    send(adam, school.students(), text)
    page = adam.get(reverse("imports:two_files_confirm"))
    assert [day.isoformat() for day in page.context["left_out"]] == ["2026-01-06"]
    assert "is unknown, not a day on which everybody came" in page.content.decode()
    confirm(adam, more_days=["2026-01-06"])
    run = work()
    assert run.state == "applied"
    assert {name: counts["read"] for name, counts in run.counts.items()}["school-days.csv"] == 1
    assert measure()["attendance_rate"].denominator == 3 * 6


def test_totals_for_each_student_are_refused_and_the_page_says_what_to_ask_for(adam: Client) -> None:
    totals = "Student ID,Days Absent,Days Present\n007,0,10\n008,1,9\n"
    response = send(adam, school.students(), totals)
    assert response.status_code == 200
    page = response.content.decode()
    assert "gives totals for each student (column &#x27;Days Absent&#x27;) and no days" in page
    assert "one row for each student and day" in page
    assert ImportRun.objects.count() == 0


def test_a_list_without_days_or_two_school_years_is_said_plainly(adam: Client) -> None:
    assert (
        "No column of the attendance file holds days"
        in send(adam, school.students(), "id,colour\n007,red\n").content.decode()
    )
    send(adam, school.students(), "id,date,code\n007,2025-03-03,A\n008,2026-01-05,A\n")
    assert "The file covers several school years: 2024–25, 2025–26" in confirm(adam).content.decode()
    assert ImportRun.objects.count() == 0


def test_what_is_no_list_at_all_is_answered_and_nothing_is_kept(adam: Client) -> None:
    for students in (b"", b"PK\x03\x04 a spreadsheet", b"\x00\x01\x02 bytes", b"id,name\n"):
        response = send(adam, students, school.attendance())
        assert response.status_code == 200, students
        assert response.context["form"].errors, students
    assert ImportRun.objects.count() == 0


def test_day_and_month_that_could_be_swapped_are_asked_and_never_guessed(adam: Client) -> None:
    text = "Student ID,Date,Code\n008,05/06/2026,A\n010,06/05/2026,U\n"  # weekdays either way
    send(adam, school.students(), text)
    form = adam.get(reverse("imports:two_files_confirm")).context["form"]
    assert form.fields["on_written"].initial == ""
    page = confirm(adam).content.decode()
    assert "Day and month are not guessed" in page
    assert ImportRun.objects.count() == 0


def test_another_column_of_codes_is_shown_before_it_is_used(adam: Client) -> None:
    text = "Student ID,Date,Code,Reason\n008,2026-01-05,A,ill\n010,2026-01-05,A,travel\n"
    send(adam, school.students(), text)
    form = adam.get(reverse("imports:two_files_confirm")).context["form"]
    answers = {name: field.initial or "" for name, field in form.fields.items()}
    changed = adam.post(reverse("imports:two_files_confirm"), answers | {"code": "Reason"})
    assert changed.status_code == 200
    assert "Another column holds the codes now" in changed.content.decode()
    assert [field.label for field in changed.context["form"].code_fields()] == ["ill", "travel"]
    assert ImportRun.objects.count() == 0


def test_the_next_lists_add_to_the_first_and_change_nothing_twice(adam: Client) -> None:
    send(adam, school.students(), school.attendance())
    confirm(adam)
    work()
    send(adam, school.students(), school.attendance() + "007,01/19/2026,A\n", school="Hill Farm School")
    confirm(adam)
    run = work()
    assert run.state == "applied"
    made = {name: counts["created"] for name, counts in run.preview.items() if counts["created"]}
    assert made == {"calendar_days": 1, "attendance_events": 1, "attendance_submissions": 1}
    assert (
        Organisation.objects.filter(kind="school").count(),
        Student.objects.count(),
        Calendar.objects.count(),
    ) == (1, 6, 1)


def test_the_whole_start_is_undone_to_nothing(adam: Client) -> None:
    before = packages.dump()
    send(adam, school.students(), school.attendance())
    confirm(adam)
    run = work()
    imports.undo(run, by=None, at=school.AT)
    assert packages.dump() == before


def test_only_who_brings_files_in_may_start(client: Client, cast: Cast) -> None:
    client.force_login(cast.users["tess"])
    assert client.get(reverse("imports:two_files_send")).status_code == 403
    client.force_login(cast.users["dina"])
    page = client.get(reverse("imports:two_files_send"))
    assert page.status_code == 200
    assert [name for name, _ in page.context["form"].fields["school"].choices] == [
        "Lincoln School",
        "Monroe School",
    ]
    assert client.get(reverse("imports:two_files_confirm")).headers["Location"] == reverse(
        "imports:two_files_send"
    )
