"""A client that other people wrote reads and pages our service, unmodified, in an environment of its own.

`strongmind-oneroster-client` speaks 1.1. It is not installed with the project: it states no licence. `timeback-oneroster`
speaks 1.2 and needs Python 3.12. Its models are narrower than the standard: grades are the integers -1 to 13 (a `KG` that
Common Education Data Standards write is refused), and of 1.2's roles it knows those that 1.1 had (no `principal`, no
`districtAdministrator`); it looks for `/terms` under "terms", where the standard writes "academicSessions". It is given a
district in which nobody holds another role.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "api"))

from callers_of import make_client
from district import READING, make_district

from cast import AT, make_cast
from crescendo.core import school_time
from crescendo.roster.models import Post

pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True)]

STRONGMIND = """
import json, sys, urllib.request, urllib.parse, base64
import oneroster_client as o
site, client_id, secret = sys.argv[1:]
basic = base64.b64encode(f"{client_id}:{secret}".encode()).decode()
asked = urllib.request.Request(site + "/oauth/token", b"grant_type=client_credentials", {"Authorization": "Basic " + basic})
token = json.load(urllib.request.urlopen(asked))["access_token"]
said = o.Configuration()
said.host, said.access_token = site + "/ims/oneroster/v1p1", token
http = o.ApiClient(said)
users, offset = [], 0
while page := o.UsersManagementApi(http).get_users(limit=4, offset=offset).users:
    users += [user.sourced_id for user in page]
    offset += len(page)
results = o.ResultsManagementApi(http).get_results(limit=100).results
classes = o.ClassesManagementApi(http).get_classes_for_school("0002", limit=100).classes
print(json.dumps({"users": users, "results": len(results), "classes": [one.sourced_id for one in classes]}))
"""


TIMEBACK = """
import asyncio, json, sys
from timeback_oneroster import OneRosterClient
site, client_id, secret = sys.argv[1:]

async def read():
    asked = dict(base_url=site, auth_url=site + "/oauth/token", client_id=client_id, client_secret=secret)
    async with OneRosterClient(**asked) as o:
        users = [user async for user in o.users.stream(limit=4)]
        sessions = await o.academic_sessions.list_all()
        assert {"SY", "TERM"} <= {session.sourced_id for session in sessions}
        one = await o.users.get("sis-sam")
        assert (one.given_name, one.roles[0].role, one.grades) == ("Sam", "student", [7])
        pupils = await o.classes("C-mathematics").students()
        classes = await o.schools("0002").classes()
        results = await o.results.list_all()
        said = {"users": [user.sourced_id for user in users], "results": len(results)}
        assert {"sis-sam", "sis-nora"} == {pupil.sourced_id for pupil in pupils}
        print(json.dumps(said | {"classes": [one.sourced_id for one in classes]}))

asyncio.run(read())
"""


def later_python() -> str:
    """Python 3.12 or later, on PATH or known to pyenv; the test skips where there is none."""
    installed = Path.home() / ".pyenv" / "versions"
    known = [str(path) for path in sorted(installed.glob("3.1[2-9]*/bin/python3"))]
    for python in (shutil.which("python3.12"), shutil.which("python3.13"), *known):
        # A shim of pyenv's is on PATH also where no such version is chosen.
        if python and subprocess.run([python, "-V"], capture_output=True, check=False).returncode == 0:
            return python
    pytest.skip("no Python 3.12 or later on PATH or known to pyenv")


def environment(python: str, package: str, folder: Path) -> Path:
    """An environment with the package; the test skips where it cannot be had."""
    subprocess.run([python, "-m", "venv", folder], check=True, capture_output=True)
    inside = folder / "bin" / "python"
    done = subprocess.run([inside, "-m", "pip", "install", "-q", package], capture_output=True, check=False)
    if done.returncode:
        pytest.skip(f"{package} cannot be installed here")
    return inside


def read(live_server, monkeypatch, python: Path, script: str, cast: object, least: int) -> None:
    monkeypatch.setattr(school_time, "now", lambda: AT)
    client, secret = make_client(cast, *READING, by="dina")
    done = subprocess.run(
        [python, "-c", script, live_server.url, client.client_id, secret],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    said = json.loads(done.stdout.splitlines()[-1])
    assert len(said["users"]) == len(set(said["users"])) > least
    assert {"sis-sam", "T-tess", "F-fay"} <= set(said["users"])
    assert (said["results"], said["classes"]) == (3, ["C-mathematics"])


def test_a_client_of_one_one_reads_and_pages(live_server, monkeypatch, tmp_path):
    made = environment(sys.executable, "strongmind-oneroster-client", tmp_path / "env")
    read(live_server, monkeypatch, made, STRONGMIND, make_district(make_cast()), least=15)


def test_a_client_of_one_two_reads_and_pages(live_server, monkeypatch, tmp_path):
    made = environment(later_python(), "timeback-oneroster==0.4.0", tmp_path / "env")
    cast = make_district(make_cast())
    dropped = Post.objects.exclude(role_id="teacher").exclude(staff=cast.staff["dina"])
    dropped.delete()  # its makers know no other posts; Dina made the connection, and is named below
    Post.objects.filter(staff=cast.staff["dina"]).update(metadata={"role": "aide"})
    read(live_server, monkeypatch, made, TIMEBACK, cast, least=10)
