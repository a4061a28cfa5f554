"""The import pages as people use them: what came in, the OK, a new table's columns. Jobs run as the worker would."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

import packages
from cast import Cast
from crescendo.accounts.models import AuditEntry
from crescendo.imports import actions, queries, tasks
from crescendo.imports.models import ImportRun, Source
from crescendo.imports.sources.table import saving
from crescendo.imports.sources.table.building import FROM_DAY, FROM_ENROLMENT
from crescendo.records.models import AttendanceEvent
from crescendo.roster.models import Organisation
from imports.pipeline.test_endings import two_schools
from imports.table.school import AT, ATTENDANCE, GOOD, bring_in, make_school

pytestmark = pytest.mark.django_db(transaction=True)
State = ImportRun.State
SHEET = "Student ID,Date,Code\n00107,03/04/2026,A\n00108,03/05/2026,L\n00109,03/06/2026,X\n"


@pytest.fixture
def dina(client: Client, cast: Cast) -> Client:
    client.force_login(cast.users["dina"])
    return client


@pytest.fixture(autouse=True)
def no_jobs_of_others(db: None) -> None:
    """The job table outlives a test's flush: what earlier tests left undone is none of this test's."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")


def work() -> None:
    """Do the jobs that pages left, each once, as the worker would."""
    for job in ProcrastinateJob.objects.filter(queue_name="imports").order_by("id"):
        task: Callable[..., None] = getattr(tasks, job.task_name.rpartition(".")[2])
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM procrastinate_jobs WHERE id = %s", [job.id])
        task(**job.args)


def send(client: Client, content: str, **data: object) -> object:
    file = SimpleUploadedFile("sheet.csv", content.encode())
    return client.post(reverse("imports:import_send"), {"file": file, "ask_first": "on", **data})


def test_a_file_from_the_web_waits_for_an_ok_and_is_applied_by_the_worker(dina: Client, cast: Cast) -> None:
    make_school()
    Source.objects.create(
        slug="attendance", title="Attendance", kind="table", settings={"mapping": ATTENDANCE}
    )
    response = send(dina, GOOD, source=Source.objects.get().pk)
    run = ImportRun.objects.get()
    assert response.headers["Location"] == reverse("imports:import_detail", args=[run.pk])
    assert (run.state, run.by) == (State.LANDED, cast.users["dina"])
    page = dina.get(response.headers["Location"]).content.decode()
    assert "How far is sheet.csv?" in page
    work()
    page = dina.get(response.headers["Location"]).content.decode()
    assert "May sheet.csv change this?" in page
    assert AttendanceEvent.objects.filter(source="attendance").count() == 0
    dina.post(reverse("imports:import_approve", args=[run.pk]))
    assert "How far is sheet.csv?" in dina.get(response.headers["Location"]).content.decode()
    work()
    run.refresh_from_db()
    assert (run.state, run.approved_by) == (State.APPLIED, cast.users["dina"])
    assert AttendanceEvent.objects.filter(source="attendance").count() == 3
    verbs = set(AuditEntry.objects.filter(object_type="imports.ImportRun").values_list("verb", flat=True))
    assert {"import.received", "import.approve_asked", "import.applied"} <= verbs
    dina.post(reverse("imports:import_undo", args=[run.pk]))
    work()
    run.refresh_from_db()
    assert (run.state, run.undone_by) == (State.UNDONE, cast.users["dina"])
    assert AttendanceEvent.objects.filter(source="attendance").count() == 0


def test_what_is_rejected_changes_nothing_and_cannot_be_approved_afterwards(
    dina: Client, cast: Cast, tmp_path: Path
) -> None:
    make_school()
    run = bring_in(tmp_path, GOOD, always_ask=True)
    dina.post(reverse("imports:import_reject", args=[run.pk]))
    dina.post(reverse("imports:import_approve", args=[run.pk]))
    work()
    run.refresh_from_db()
    assert run.state == State.REFUSED


def test_the_progress_part_equals_the_page_and_ends_with_a_fresh_page(dina: Client, tmp_path: Path) -> None:
    make_school()
    path = tmp_path / "attendance.csv"
    path.write_text(GOOD)
    source = actions.create_source(
        slug="attendance", title="Attendance", kind="table", settings={"mapping": ATTENDANCE}, by=None, at=AT
    )
    run = actions.land_files(source=source, paths=[path], by=None, at=AT)
    part = dina.get(reverse("imports:import_progress", args=[run.pk]))
    assert "HX-Refresh" not in part.headers
    page = dina.get(reverse("imports:import_detail", args=[run.pk])).content.decode()
    assert part.content.decode().strip() in page
    actions.run_import(run, on=AT.date(), at=AT)
    assert dina.get(reverse("imports:import_progress", args=[run.pk])).headers["HX-Refresh"] == "true"


def test_a_new_table_is_mapped_by_asking_and_the_next_file_is_read_the_same_way(
    dina: Client, cast: Cast
) -> None:
    ids = make_school()
    Source.objects.create(slug="sis", title="Roster", kind="oneroster")
    response = send(dina, SHEET, title="Absence sheet", what="target:attendance_events")
    columns = reverse("imports:mapping_columns")
    assert response.headers["Location"] == columns
    page = dina.get(columns).content.decode()
    assert "03/04/2026" in page
    choices = {
        "column_student": "Student ID",
        "column_school": FROM_ENROLMENT,
        "column_school_year": FROM_DAY,
        "column_on": "Date",
        "column_category": "Code",
        "column_absent_share": "Code",
        "column_code": "Code",
        "ids_of": "sis",
    }
    refused = dina.post(columns, choices).content.decode()
    assert "Day and month are not guessed" in refused
    response = dina.post(columns, choices | {"written_on": "%m/%d/%Y"})
    assert response.headers["Location"] == reverse("imports:mapping_values")
    response = dina.post(
        response.headers["Location"],
        {"category-0": "unexcused", "category-1": "tardy", "absent_share-0": "1", "absent_share-1": "0"},
    )
    run = ImportRun.objects.get()
    assert response.headers["Location"] == reverse("imports:import_detail", args=[run.pk])
    work()
    dina.post(reverse("imports:import_approve", args=[run.pk]))
    work()
    run.refresh_from_db()
    assert (run.state, run.counts["sheet.csv"]["set_aside"]) == (State.APPLIED, 1)
    event = AttendanceEvent.objects.get(source="absence-sheet", student_id=ids["00107"])
    assert (event.category, event.absent_share, event.school_id) == ("unexcused", 1.0, ids["LIN"])
    assert event.on.isoformat() == "2026-03-04"
    source = Source.objects.get(slug="absence-sheet")
    assert source.settings["mapping"]["mapping"]["version"] == 1
    send(dina, SHEET.replace("03/04", "03/09"), source=source.pk)
    work()
    assert ImportRun.objects.first().counts["sheet.csv"] == {
        "read": 3,
        "applied": 1,
        "unchanged": 1,
        "set_aside": 1,
    }
    exported = dina.get(reverse("imports:mapping_export", args=["absence-sheet"]))
    assert exported.json() == source.settings["mapping"]


def test_a_file_that_would_end_much_waits_and_says_where(dina: Client, tmp_path: Path) -> None:
    make_school()
    classes = {
        "mapping": {"name": "classes", "source": "classes", "ids_of": "sis"},
        "pass": [
            {
                "target": "classes",
                "mode": "full",
                "fields": {
                    "external_id": "id",
                    "school": {"constant": "LIN"},
                    "school_year": {"constant": 2026},
                    "title": "id",
                },
            }
        ],
    }
    many = "id\n" + "".join(f"c{n}\n" for n in range(40))
    assert bring_in(tmp_path, many, classes).state == State.APPLIED
    run = bring_in(tmp_path, "id\nc0\nc1\n", classes)
    assert run.state == State.WAITING
    page = dina.get(reverse("imports:import_detail", args=[run.pk])).content.decode()
    assert "38 of 40 classes would end." in page
    assert "A usual import ends 0." in page
    assert "Classes that end, by school" in page
    assert '<th scope="row">Lincoln</th><td class="number">38</td>' in page
    dina.post(reverse("imports:import_approve", args=[run.pk]))
    work()
    run.refresh_from_db()
    assert (run.state, run.preview["classes"]["ended"]) == (State.APPLIED, 38)


def test_saving_a_mapping_again_keeps_the_earlier_one(cast: Cast) -> None:
    source = Source.objects.create(slug="attendance", title="Attendance", kind="table")
    saving.save_mapping(source, ATTENDANCE, by=None, at=AT)
    saving.save_mapping(source, ATTENDANCE, by=cast.users["ana"], at=AT)
    source.refresh_from_db()
    assert source.settings["mapping"]["mapping"]["version"] == 2
    assert [one["mapping"]["version"] for one in source.settings["earlier_mappings"]] == [1]


def test_a_download_of_findings_runs_no_formula(dina: Client, tmp_path: Path) -> None:
    make_school()
    run = bring_in(tmp_path, GOOD + "00110,=1+1,A,100\n")
    text = dina.get(reverse("imports:finding_export", args=[run.pk])).content.decode()
    assert "'=9+9" in text
    assert ",=9" not in text


def test_no_page_of_an_import_shows_what_a_cell_held(dina: Client, tmp_path: Path) -> None:
    make_school()
    run = bring_in(tmp_path, GOOD + "Secretname,03/05/2026,A,100\n00110,Secretname,A,100\n")
    for page in ("import_detail", "finding_list", "set_aside_list"):
        assert "Secretname" not in dina.get(reverse(f"imports:{page}", args=[run.pk])).content.decode()


def test_the_list_says_what_needs_somebody(dina: Client, tmp_path: Path) -> None:
    page = dina.get(reverse("imports:import_list")).content.decode()
    assert "Nothing has come in yet." in page
    make_school()
    bring_in(tmp_path, GOOD.replace("Student ID", "Pupil"))
    page = dina.get(reverse("imports:import_list")).content.decode()
    assert "The newest files of Attendance were not used." in page
    bring_in(tmp_path, GOOD, always_ask=True)
    page = dina.get(reverse("imports:import_list")).content.decode()
    assert "Attendance waits for your OK." in page
    assert "were not used" not in page
    aside = bring_in(tmp_path, GOOD + "77777,03/05/2026,A,100\n")
    page = dina.get(reverse("imports:import_list")).content.decode()
    assert "1 row of Attendance was set aside." in page
    assert reverse("imports:set_aside_list", args=[aside.pk]) in page


def test_an_import_that_is_not_there_is_not_found(dina: Client) -> None:
    assert dina.get(reverse("imports:import_detail", args=[999])).status_code == 404
    assert queries.list_runs().count() == 0


@pytest.mark.parametrize("verb", ["approve", "undo"])
def test_two_people_who_press_at_once_are_both_answered_and_it_is_done_once(
    dina: Client, tmp_path: Path, verb: str
) -> None:
    make_school()
    run = bring_in(tmp_path, GOOD, always_ask=verb == "approve")
    pressed = [dina.post(reverse(f"imports:import_{verb}", args=[run.pk])) for _ in range(2)]
    assert [response.status_code for response in pressed] == [302, 302]
    assert ProcrastinateJob.objects.filter(task_name=f"imports.{verb}_import").count() == 1
    assert AuditEntry.objects.filter(verb=f"import.{verb}_asked").count() == 1
    work()
    run.refresh_from_db()
    assert run.state == (State.APPLIED if verb == "approve" else State.UNDONE)


def test_an_undo_that_is_refused_says_why_and_the_page_stops_waiting(dina: Client, tmp_path: Path) -> None:
    make_school()
    first = bring_in(tmp_path, GOOD)
    later = bring_in(tmp_path, GOOD.replace(",L,", ",A,"))
    assert (first.state, later.state) == (State.APPLIED, State.APPLIED)
    dina.post(reverse("imports:import_undo", args=[first.pk]))
    work()
    first.refresh_from_db()
    assert first.state == State.APPLIED
    page = dina.get(reverse("imports:import_detail", args=[first.pk])).content.decode()
    assert f"Delivery {later.pk} came later" in page
    assert "Waiting for the worker" not in page
    assert reverse("imports:import_undo", args=[first.pk]) in page


@pytest.mark.parametrize(("status", "waits"), [("doing", True), ("failed", False)])
def test_a_job_that_is_lost_keeps_nobody_waiting(
    dina: Client, tmp_path: Path, status: str, waits: bool
) -> None:
    make_school()
    run = bring_in(tmp_path, GOOD)
    dina.post(reverse("imports:import_undo", args=[run.pk]))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = %s", [status])
    tasks.sweep_killed_runs(timestamp=0)
    page = dina.get(reverse("imports:import_detail", args=[run.pk])).content.decode()
    assert ("Waiting for the worker" in page) is waits


def test_one_school_is_kept_as_it_is_from_the_page(dina: Client, tmp_path: Path) -> None:
    packages.bring_in(packages.write(tmp_path, two_schools(30, 40)))
    run = packages.bring_in(packages.write(tmp_path / "tonight", two_schools(0, 38)))
    elm = Organisation.objects.get(name="Elm School")
    detail = dina.get(reverse("imports:import_detail", args=[run.pk])).content.decode()
    address = reverse("imports:import_endings", args=[run.pk])
    assert address in detail
    page = dina.get(address, {"school": elm.pk}).content.decode()
    assert "What would end at Elm School" in page
    dina.post(reverse("imports:import_approve", args=[run.pk]), {"keep": [str(elm.pk), "999999", "x"]})
    work()
    run.refresh_from_db()
    assert (run.state, run.held_back, run.preview["students"]["ended"]) == (State.APPLIED, [elm.pk], 2)
