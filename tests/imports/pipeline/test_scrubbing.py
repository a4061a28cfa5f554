"""Passwords never reach the disk, and a hostile package costs the page that receives it nothing."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from crescendo.imports.scrubbing import scrub

USERS = 'sourcedId,givenName,password,username\nu1,Zoë,hunter2,zoe\n\nu2,"A, B",s3cret,ab\n'
CLEAN = 'sourcedId,givenName,password,username\nu1,Zoë,,zoe\n\nu2,"A, B",,ab\n'


def pack(path: Path, *members: tuple[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("packed", [True, False])
def test_passwords_are_taken_out_and_everything_else_stays(
    tmp_path: Path, encoding: str, packed: bool
) -> None:
    folder = tmp_path / "scratch"
    folder.mkdir()
    if packed:
        path = pack(
            tmp_path / "a.zip", ("orgs.csv", b"sourcedId\no1\n"), ("users.csv", USERS.encode(encoding))
        )
        found = scrub(path, "a.zip", folder)
        with zipfile.ZipFile(found) as archive:
            content = archive.read("users.csv")
            assert archive.read("orgs.csv") == b"sourcedId\no1\n"
    else:
        path = tmp_path / "users.csv"
        path.write_bytes(USERS.encode(encoding))
        content = scrub(path, "users.csv", folder).read_bytes()
    assert content.decode(encoding) == CLEAN


def test_a_file_without_a_filled_password_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "users.csv"
    path.write_bytes(CLEAN.replace("\n", "\r\n").encode())
    assert scrub(path, "users.csv", tmp_path) is path


def test_what_is_no_csv_keeps_no_password(tmp_path: Path) -> None:
    path = tmp_path / "users.csv"
    path.write_text(USERS + '"' + "x" * (3 << 20) + "hunter3")
    folder = tmp_path / "scratch"
    folder.mkdir()
    content = scrub(path, "users.csv", folder).read_text()
    assert content.startswith(CLEAN)
    assert content.endswith('"')
    assert "hunter" not in content


BOMBS = {
    "one long cell": [("users.csv", b"sourcedId,password\n" + b"0" * (96 << 20))],
    "many rows": [("users.csv", b"sourcedId,password\n" + (b"1," + b"2" * 29 + b"\n") * (3 << 19))],
    "beside a password": [("users.csv", b"sourcedId,password\n1,2\n"), ("orgs.csv", b"0" * (96 << 20))],
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_is_kept_packed_in_little_memory(tmp_path: Path, bomb: str) -> None:
    path = pack(tmp_path / "bomb.zip", *BOMBS[bomb])
    code = (
        "import sys; from pathlib import Path; import resource\n"
        "from crescendo.imports.scrubbing import scrub\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "found = scrub(Path(sys.argv[1]), 'bomb.zip', Path(sys.argv[2]))\n"
        "print(found.stat().st_size, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    )
    folder = tmp_path / "scratch"
    folder.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", code, str(path), str(folder)], capture_output=True, text=True, check=True
    )
    size, kilobytes = map(int, done.stdout.split())
    assert size <= path.stat().st_size
    assert kilobytes < 32_000


@pytest.mark.parametrize(
    "tail", [b"PK\x05\x06", b"PK\x05\x06" + b"\0" * 18], ids=["a torn end", "an empty archive"]
)
def test_a_list_of_people_that_passes_for_an_archive_keeps_no_password_either(
    tmp_path: Path, tail: bytes
) -> None:
    path = tmp_path / "users.csv"
    path.write_bytes(b"sourcedId,password\nu1,hunter2\nu2,s3cret\n" + tail)
    kept = scrub(path, "users.csv", tmp_path).read_bytes()
    assert kept.startswith(b"sourcedId,password\nu1,\nu2,\n")
    assert b"hunter2" not in kept
