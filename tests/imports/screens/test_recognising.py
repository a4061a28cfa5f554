"""What somebody sends is told from the files: as before, a package, several files that belong together."""

import io
import zipfile
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

import packages
from cast import Cast
from crescendo.imports.models import ImportRun, Source
from imports.pipeline.test_endings import two_schools
from imports.screens.test_import_pages import work
from imports.table.school import ATTENDANCE, GOOD, make_school

pytestmark = pytest.mark.django_db(transaction=True)
KNOWN = "imports:mapping_known"


@pytest.fixture
def dina(client: Client, cast: Cast) -> Client:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
    client.force_login(cast.users["dina"])
    return client


def send(client: Client, *files: tuple[str, bytes]) -> HttpResponse:
    """Choose files and press the button; the page that follows."""
    chosen = [SimpleUploadedFile(name, content) for name, content in files]
    response = client.post(reverse("imports:import_send"), {"file": chosen, "ask_first": "on"})
    return client.get(response.headers["Location"], follow=True)


def test_the_next_file_of_a_system_is_known_by_its_columns_and_one_press_reads_it(dina: Client) -> None:
    make_school()
    Source.objects.create(
        slug="att", title="Attendance office", kind="table", settings={"mapping": ATTENDANCE}
    )
    page = send(dina, ("monday.csv", GOOD.encode()))
    assert "Is monday.csv from Attendance office?" in page.content.decode()
    form = page.context["form"]
    dina.post(reverse(KNOWN), {"what": form["what"].value(), "title": form["title"].value()})
    work()
    run = ImportRun.objects.get()
    assert (run.source.slug, run.state, run.counts["monday.csv"]["applied"]) == ("att", "waiting", 3)


def test_a_onerosters_zip_needs_no_system_and_no_command(dina: Client, tmp_path: Path) -> None:
    packed = packages.write(tmp_path, two_schools(3, 4))
    if packed.is_dir():
        packed = zipped(packed, tmp_path / "roster.zip")
    page = send(dina, ("roster.zip", packed.read_bytes()))
    assert "Is roster.zip a OneRoster package?" in page.content.decode()
    form = page.context["form"]
    dina.post(reverse(KNOWN), {"what": form["what"].value(), "title": form["title"].value()})
    run = ImportRun.objects.get()
    assert (run.source.kind, run.source.title) == ("oneroster", "Student information system")
    assert (run.state, run.file_name) == ("landed", "roster.zip")


def zipped(folder: Path, path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for file in folder.iterdir():
            archive.write(file, file.name)
    return path


def test_a_zip_of_something_else_says_what_to_do(dina: Client) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("marks.csv", "a,b\n1,2\n")
    page = send(dina, ("marks.zip", packed.getvalue())).content.decode()
    assert "Unpack it, then choose its tables together or one by one." in page


def test_files_that_do_not_belong_together_are_sent_one_by_one(dina: Client) -> None:
    page = send(dina, ("a.csv", b"a,b\n1,2\n"), ("b.csv", b"a,b\n1,2\n")).content.decode()
    assert "Send them one after the other" in page
    assert ImportRun.objects.count() == 0


@pytest.mark.samples
def test_files_of_one_layout_are_chosen_together(dina: Client, samples: Path) -> None:
    folder = samples / "interop" / "lms" / "canvas-oea"
    files = [(path.name, path.read_bytes()) for path in sorted(folder.iterdir())]
    page = send(dina, *files)
    assert page.context["offer"].value == "canvas"


def test_a_name_that_a_roster_has_is_not_given_to_a_table(dina: Client) -> None:
    Source.objects.create(slug="roster", title="Roster", kind="oneroster")
    send(dina, ("mine.csv", b"Pupil,Day,Mark\n00107,03/04/2026,12\n"))
    page = dina.post(
        reverse(KNOWN), {"what": "target:assessment_results", "title": "Roster"}
    ).content.decode()
    assert "Another system has this name already." in page


def test_a_system_whose_tables_nobody_has_explained_is_asked_about_and_not_refused(dina: Client) -> None:
    source = Source.objects.create(slug="quiz", title="Quiz", kind="table")
    file = SimpleUploadedFile("q.csv", b"Pupil,Day,Mark\n00107,03/04/2026,12\n")
    response = dina.post(reverse("imports:import_send"), {"file": file, "source": source.pk})
    assert response.headers["Location"] == reverse(KNOWN)
    assert dina.get(reverse(KNOWN)).context["form"]["title"].value() == "Quiz"


def test_what_the_rows_are_about_is_proposed(dina: Client) -> None:
    page = send(dina, ("absences.csv", b"Student ID,Date,Attendance Code\n00107,03/04/2026,A\n"))
    assert page.context["form"]["what"].value() == "target:attendance_events"
    assert page.context["form"]["title"].value() == "Absences"
