"""A client that other people wrote reads and pages our service, unmodified, in an environment of its own.

`strongmind-oneroster-client` speaks 1.1. It is not installed with the project: it states no licence.
"""

import json
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


def environment(python: str, package: str, folder: Path) -> Path:
    """An environment with the package; the test skips where it cannot be had."""
    subprocess.run([python, "-m", "venv", folder], check=True, capture_output=True)
    inside = folder / "bin" / "python"
    done = subprocess.run([inside, "-m", "pip", "install", "-q", package], capture_output=True, check=False)
    if done.returncode:
        pytest.skip(f"{package} cannot be installed here")
    return inside


def read(live_server, monkeypatch, python: Path, script: str) -> None:
    monkeypatch.setattr(school_time, "now", lambda: AT)
    cast = make_district(make_cast())
    client, secret = make_client(cast, *READING, by="dina")
    done = subprocess.run(
        [python, "-c", script, live_server.url, client.client_id, secret],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    said = json.loads(done.stdout.splitlines()[-1])
    assert len(said["users"]) == len(set(said["users"])) > 15
    assert {"sis-sam", "T-tess", "F-fay"} <= set(said["users"])
    assert (said["results"], said["classes"]) == (3, ["C-mathematics"])


def test_a_client_of_one_one_reads_and_pages(live_server, monkeypatch, tmp_path):
    made = environment(sys.executable, "strongmind-oneroster-client", tmp_path / "env")
    read(live_server, monkeypatch, made, STRONGMIND)
