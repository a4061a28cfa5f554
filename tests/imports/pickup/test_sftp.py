"""Files from another server: a real SSH server with a real key, on this machine."""

import os
import sys
from datetime import timedelta
from pathlib import Path

import paramiko
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from server import PASSWORD, USER, serving

from crescendo.imports import actions
from crescendo.imports.models import ImportRun, Look, PickUp, Source
from crescendo.imports.pickup import doors, looking, sftp
from imports.table.school import AT, ATTENDANCE, GOOD, make_school

NAME = "CRESCENDO_SFTP_PASSWORD_THEIR_SIS"
KEY_NAME = "CRESCENDO_SFTP_KEY_FILE_THEIR_SIS"


@pytest.fixture
def theirs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(NAME, PASSWORD)
    (tmp_path / "theirs" / "out").mkdir(parents=True)
    (tmp_path / "theirs" / "out" / "night.csv").write_text(GOOD)
    (tmp_path / "theirs" / "out" / "night2.csv.part").write_text("half")
    (tmp_path / "theirs" / "out" / "link.csv").symlink_to("/etc/passwd")
    return tmp_path / "theirs"


def pick_up_from(server: object, **more: object) -> PickUp:
    said = {"way": "sftp", "place": "out", "pattern": "*.csv", "host": "127.0.0.1", "port": server.port, "user_name": USER,
            "host_key": server.host_key}  # fmt: skip
    return PickUp(source=Source(slug="their-sis", kind="table"), **said | more)


def closed_because(pick_up: PickUp) -> str:
    with pytest.raises(doors.DoorClosed) as caught, doors.open_door(pick_up):
        pass
    return caught.value.code


@pytest.mark.django_db(transaction=True)
def test_a_file_on_another_server_is_brought_in_and_moved_there(theirs: Path) -> None:
    make_school()
    source = actions.create_source(
        slug="their-sis", title="SIS", kind="table", settings={"mapping": ATTENDANCE}, by=None, at=AT
    )
    with serving(theirs) as server:
        pick_up = pick_up_from(server)
        pick_up.source = source
        pick_up.save()
        assert looking.look(source, at=AT).outcome == "unready"
        found = looking.look(source, at=AT + timedelta(minutes=1))
        assert (found.outcome, found.run.state) == ("taken", "applied")
        assert looking.look(source, at=AT + timedelta(minutes=6)).outcome == "nothing"
        PickUp.objects.update(host_key=other_key())
        assert looking.look(source, at=AT + timedelta(minutes=9)).code == "sftp.other_host_key"
    assert [one.name for one in (theirs / "out" / "taken").iterdir()] == ["20260310-093100-night.csv"]
    assert ImportRun.objects.count() == 1
    kept = " ".join(f"{look.said}{look.code}" for look in Look.objects.all()) + str(
        PickUp.objects.values().get()
    )
    assert PASSWORD not in kept


def other_key() -> str:
    key = paramiko.ECDSAKey.generate()
    return f"{key.get_name()} {key.get_base64()}"


def test_a_server_with_another_key_is_told_nothing(theirs: Path) -> None:
    with serving(theirs) as server:
        assert closed_because(pick_up_from(server, host_key=other_key())) == "sftp.other_host_key"
        assert server.sign_ins == []


@pytest.mark.parametrize("said", ["", "ssh-ed25519", "ssh-ed25519 nonsense", "ssh-rsa AAAA"])
def test_without_a_pinned_key_nobody_is_called(said: str, theirs: Path) -> None:
    with serving(theirs) as server:
        assert closed_because(pick_up_from(server, host_key=said)) == "sftp.no_host_key"
        assert server.sign_ins == []


def test_a_wrong_password_is_said(theirs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, "wrong")
    with serving(theirs) as server:
        assert closed_because(pick_up_from(server)) == "sftp.refused"


def test_no_password_and_no_key_is_said(theirs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(NAME)
    with serving(theirs) as server:
        assert closed_because(pick_up_from(server)) == "sftp.no_sign_in"


def test_a_server_that_is_not_there_is_said(theirs: Path) -> None:
    with serving(theirs) as server:
        pick_up = pick_up_from(server)
    assert closed_because(pick_up) == "sftp.not_reached"


def test_a_folder_that_is_not_there_is_said(theirs: Path) -> None:
    with (
        serving(theirs) as server,
        doors.open_door(pick_up_from(server, place="gone")) as door,
        pytest.raises(doors.DoorClosed, match=r"folder\.missing"),
    ):
        door.list_files()


def test_a_key_file_opens_the_door_only_when_it_is_its_owners_alone(
    theirs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = paramiko.ECDSAKey.generate()
    path = theirs.parent / "key"
    key.write_private_key_file(str(path))
    monkeypatch.setenv(KEY_NAME, str(path))
    monkeypatch.delenv(NAME)
    with serving(theirs, public_key=key.get_base64()) as server:
        os.chmod(path, 0o644)
        assert closed_because(pick_up_from(server)) == "sftp.key_file_open"
        assert server.sign_ins == []
        os.chmod(path, 0o600)
        with doors.open_door(pick_up_from(server)) as door:
            assert sorted(one.name for one in door.list_files()) == [
                "night.csv",
                "night2.csv.part",
            ]  # no link
            one = next(one for one in door.list_files() if one.name == "night.csv")
            door.copy(one, theirs.parent / "copy")
            assert (theirs.parent / "copy").read_text() == GOOD
            (theirs / "out" / "night.csv").write_text(GOOD + "00110,03/06/2026,A,100\n")
            with pytest.raises(doors.DoorClosed, match=r"file\.changed"):
                door.copy(one, theirs.parent / "copy")
        assert set(server.sign_ins) == {"key"}


def test_a_line_of_ssh_keyscan_is_understood() -> None:
    kind, body = other_key().split()
    assert sftp.parse_host_key(f"[sis.example]:2222 {kind} {body}\n")[0] == kind
