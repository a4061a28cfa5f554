"""The page of a source: how its files come, as a person says it."""

from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from cast import AT, Cast
from crescendo.accounts.models import AuditEntry
from crescendo.imports.models import ImportRun, Look, PickUp, Source

pytestmark = pytest.mark.django_db
PAGE = "imports:source_page"
SAID = {
    "way": "folder", "place": "sis", "pattern": "*.zip", "after": "move", "port": "22", "often": "15",
    "expected_every": "1", "expected_unit": "days",
}  # fmt: skip
SFTP = {"way": "sftp", "host": "sftp.example", "user_name": "crescendo", "host_key": "ssh-ed25519 nonsense"}


@pytest.fixture
def source(tmp_path: Path, settings: object) -> Source:
    settings.INBOX = str(tmp_path)
    (tmp_path / "sis").mkdir()
    return Source.objects.create(slug="sis", title="Lakeside SIS", kind="oneroster")


@pytest.fixture
def dina(client: Client, cast: Cast) -> Client:
    client.force_login(cast.users["dina"])
    return client


def test_a_person_says_that_files_come_from_a_folder(dina: Client, source: Source) -> None:
    page = reverse(PAGE, args=["sis"])
    assert "somebody sends them" in dina.get(page).content.decode()
    assert dina.post(page, SAID).status_code == 302
    pick_up = PickUp.objects.get()
    assert (pick_up.way, pick_up.place, pick_up.every_minutes, pick_up.from_hour) == (
        "folder",
        "sis",
        15,
        None,
    )
    assert pick_up.expected_since is not None  # from now on, not from before anybody said so
    assert AuditEntry.objects.filter(verb="source.pick_up_set", object_id=source.pk).count() == 1
    shown = dina.get(page).content.decode()
    assert "sis/*.zip" in shown
    assert "every school day" in shown
    assert "CRESCENDO_SFTP_PASSWORD_SIS" in shown


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"place": "../.."}, "place"),
        ({"place": "gone"}, "place"),
        ({"place": ""}, "place"),
        ({"pattern": "../*.zip"}, "pattern"),
        ({"way": "api"}, "way"),  # OneRoster's CSV kind has no interface to ask
        ({"often": "daily", "from_hour": "24"}, "from_hour"),
        ({"expected_every": "0"}, "expected_every"),
        (SFTP, "host_key"),
        (SFTP | {"host": ""}, "host"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(
    changed: dict, field: str, dina: Client, source: Source
) -> None:
    answer = dina.post(reverse(PAGE, args=["sis"]), SAID | changed)
    assert answer.status_code == 200
    assert field in answer.context["form"].errors
    assert not PickUp.objects.exists()


def test_an_interface_is_asked_once_a_night_unless_somebody_says_otherwise(
    dina: Client, source: Source
) -> None:
    Source.objects.update(kind="oneroster_rest")
    dina.post(reverse(PAGE, args=["sis"]), SAID | {"way": "api", "often": "daily"})
    assert (PickUp.objects.get().way, PickUp.objects.get().from_hour) == ("api", 2)
    assert "once a day, from 2:00 on" in dina.get(reverse(PAGE, args=["sis"])).content.decode()


def test_whoever_only_looks_sees_no_form_and_may_not_save(client: Client, cast: Cast, source: Source) -> None:
    client.force_login(cast.users["ana"])
    page = reverse(PAGE, args=["sis"])
    assert '<h2 id="set">' not in client.get(page).content.decode()
    assert client.post(page, SAID).status_code == 403
    assert not PickUp.objects.exists()


def test_looking_now_is_left_to_the_worker_once(dina: Client, source: Source) -> None:
    address = reverse("imports:source_look", args=["sis"])
    before = _jobs()
    dina.post(address)
    assert _jobs() == before  # sent by hand: there is nowhere to look
    PickUp.objects.create(source=source, way="folder", place="sis")
    dina.post(address)
    dina.post(address)
    assert _jobs() == before + 1


def _jobs() -> int:
    return ProcrastinateJob.objects.filter(task_name="imports.look_at_source").count()


def test_what_came_of_looking_is_told_in_words(dina: Client, source: Source) -> None:
    Look.objects.create(
        source=source,
        outcome="failed",
        code="sftp.other_host_key",
        said="ssh-ed25519 SHA256:abc",
        began_at=AT,
        last_at=AT,
    )
    ImportRun.objects.create(
        source=source, state="applied", file_name="night.zip", started_at=AT, raw_removed_at=AT
    )
    shown = dina.get(reverse(PAGE, args=["sis"])).content.decode()
    assert "The server shows another key than the one written down. Nothing was sent to it." in shown
    assert "SHA256:abc" in shown
    Look.objects.create(source=source, outcome="taken", code="refused", began_at=AT, last_at=AT)
    assert (
        "The file was refused; nothing was changed." in dina.get(reverse(PAGE, args=["sis"])).content.decode()
    )
    assert "deleted March 10, 2026" in shown
