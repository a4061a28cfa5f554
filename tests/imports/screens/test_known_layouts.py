"""A vendor's file from the screens alone: send it, look at its first rows, say yes."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from cast import Cast
from crescendo.imports import tasks
from crescendo.imports.landing import Landed
from crescendo.imports.models import ImportRun, Source
from crescendo.imports.views.mappings import _title_of
from crescendo.records.models import AssessmentResult
from imports.table.school import make_school

pytestmark = pytest.mark.django_db(transaction=True)
STAR = (
    "RenaissanceClientID,StudentStateID,CompletedDateLocal,AssessmentID,SchoolYear,Grade,ScaledScore,"
    "StandardErrorOfMeasurement,UnifiedScore,AssessmentStatus\n"
    "1,00107,2026-01-12T09:00:00,a1,2025-2026,4,348,17,950,Active\n"
    "1,00108,2026-01-12T09:05:00,a2,2025-2026,4,72,17,756,Active\n"
)


def work() -> None:
    for job in ProcrastinateJob.objects.filter(queue_name="imports").order_by("id"):
        task: Callable[..., None] = getattr(tasks, job.task_name.rpartition(".")[2])
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM procrastinate_jobs WHERE id = %s", [job.id])
        task(**job.args)


def test_a_known_layout_is_recognised_shown_as_it_is_read_and_applied_after_an_ok(
    client: Client, cast: Cast
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
    ids = make_school()
    client.force_login(cast.users["dina"])
    file = SimpleUploadedFile("star.csv", STAR.encode())
    response = client.post(reverse("imports:import_send"), {"file": file, "ask_first": "on"})
    known = reverse("imports:mapping_known")
    assert response.headers["Location"] == known
    page = client.get(known).content.decode()
    assert "Is star.csv from Renaissance Star Reading?" in page
    assert "2026-01-12" in page
    assert "348" in page
    response = client.post(known, {"what": "star-reading", "title": "Star Reading"})
    run = ImportRun.objects.get()
    assert response.headers["Location"] == reverse("imports:import_detail", args=[run.pk])
    work()
    client.post(reverse("imports:import_approve", args=[run.pk]))
    work()
    run.refresh_from_db()
    assert run.state == ImportRun.State.APPLIED
    assert AssessmentResult.objects.get(student_id=ids["00107"], score=348).school_year == 2026
    assert Source.objects.get().settings["mapping"] == "star-reading"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("reading_screen_fall.csv", "Reading screen"),
        ("RIT-scores-2026-09-14.csv", "RIT scores"),
        ("STAR 2025_26 Q1.xlsx", "STAR"),
        ("fall_2026.csv", "Fall 2026"),
        ("grade_3_quiz_20260914.csv", "Grade 3 quiz"),
    ],
)
def test_the_proposed_name_of_a_system_is_that_of_its_file_without_the_time(name: str, expected: str) -> None:
    assert _title_of([Landed(name, "0" * 64, 1)]) == expected


def test_a_layout_that_nobody_knows_is_asked_about(client: Client, cast: Cast) -> None:
    client.force_login(cast.users["dina"])
    file = SimpleUploadedFile("mine.csv", b"Pupil,Day,Mark\n00107,03/04/2026,12\n")
    client.post(reverse("imports:import_send"), {"file": file, "ask_first": "on"})
    known = reverse("imports:mapping_known")
    assert "We have not seen such a file before" in client.get(known).content.decode()
    response = client.post(known, {"what": "target:assessment_results", "title": "Maths marks"})
    assert response.headers["Location"] == reverse("imports:mapping_columns")
    assert "03/04/2026" in client.get(response.headers["Location"]).content.decode()


def test_the_day_is_guessed_by_its_cells_and_a_second_meaning_is_a_second_version(
    client: Client, cast: Cast
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
    make_school()
    client.force_login(cast.users["dina"])
    content = b"Kid,Sat,Quiz,Got\n00107,13/02/2026,Spelling,7\n00108,14/02/2026,Spelling,9\n"
    source: int | str = ""
    for version in (1, 2):
        client.post(
            reverse("imports:import_send"),
            {"file": SimpleUploadedFile("club.csv", content), "title": "" if source else "Club", "ask_first": "on",
             "source": source, "what": "target:assessment_results"},
        )  # fmt: skip
        columns = reverse("imports:mapping_columns")
        form = client.get(columns).context["form"]
        assert form["column_on"].value() == "Sat"
        assert form["written_on"].value() == "%d/%m/%Y"
        unanswered = client.post(columns, {"column_student": "Kid"})
        assert "Needed: choose its column" in unanswered.content.decode()
        # Who writes what it is for every row need not choose "the same for every row" as well.
        client.post(columns, {"column_student": "Kid", "column_on": "Sat", "written_on": "%d/%m/%Y",
                              "constant_assessment": "club", "column_score": "Got", "column_school": "\x01enrolment",
                              "column_school_year": "\x01day", "ids_of": ""})  # fmt: skip
        source = Source.objects.get().pk
        run = ImportRun.objects.latest("pk")
        work()
        page = client.get(reverse("imports:import_detail", args=[run.pk])).content.decode()
        assert f"club, version {version}" in page
    assert [one["mapping"]["version"] for one in Source.objects.get().settings["earlier_mappings"]] == [1]


@pytest.mark.samples
def test_what_a_layout_asks_has_to_be_answered(client: Client, cast: Cast, samples: Path) -> None:
    client.force_login(cast.users["dina"])
    path = samples / "interop" / "assessments" / "IN_ILEARN" / "ilearn_sample_data.csv"
    client.post(
        reverse("imports:import_send"),
        {"file": SimpleUploadedFile("ilearn.csv", path.read_bytes()), "ask_first": "on"},
    )
    known = reverse("imports:mapping_known")
    page = client.post(known, {"what": "ilearn", "title": "ILEARN"}).content.decode()
    assert "The file does not say it, so please do." in page
    assert ImportRun.objects.count() == 0
