"""The demo: one-click sign-in exists nowhere else, nobody's data is touched, and an interrupted build is done again."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
from django.db import ProgrammingError, connection, transaction
from django.test import Client

import prepared
from crescendo.accounts.models import Site, User
from own_database import own_database

ROOT = Path(__file__).resolve().parents[2]


def crescendo(
    environment: dict[str, str], *arguments: str, timeout: float = 600
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "crescendo", *arguments]
    return subprocess.run(
        command, env=environment, cwd=ROOT, check=False, capture_output=True, text=True, timeout=timeout
    )


def ask(environment: dict[str, str], sql: str) -> list[tuple]:
    with psycopg.connect(environment["DATABASE_URL"]) as asked:
        return asked.execute(sql).fetchall()


@pytest.mark.django_db
@pytest.mark.parametrize("made_by_demo", [None, False])
def test_one_click_sign_in_is_impossible_in_a_database_that_no_demo_made(
    made_by_demo: bool | None, cast: object, client: Client
) -> None:
    Site.objects.all().delete()
    if made_by_demo is not None:
        Site.objects.create(pk=1, made_by_demo=made_by_demo)
    page = client.get("/sign-in/").content.decode()
    assert 'value="tess"' not in page
    answer = client.post("/sign-in/as/", {"username": "tess"})
    assert answer.status_code == 403
    assert "_auth_user_id" not in client.session


@pytest.mark.django_db
def test_one_click_sign_in_opens_no_account_that_the_demo_did_not_make(cast: object, client: Client) -> None:
    User.objects.filter(username="tess").update(is_demo=False)
    assert client.post("/sign-in/as/", {"username": "tess"}).status_code == 404
    assert "_auth_user_id" not in client.session


@pytest.mark.django_db
@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE accounts_site SET made_by_demo = true",
        "INSERT INTO accounts_site (id, made_by_demo, term_pack) VALUES (1, true, 'en-us')",
        "UPDATE pages_demobuild SET finished_at = now()",
    ],
)
def test_a_page_cannot_turn_a_real_site_into_a_demo(sql: str, cast: object) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE crescendo_web")
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            cursor.execute(sql)
        cursor.execute("RESET ROLE")


def test_the_demo_leaves_a_database_with_people_alone(tmp_path: Path) -> None:
    with own_database("crescendo_not_a_demo", tmp_path, like=prepared.tables()) as environment:
        ask(
            environment,
            "INSERT INTO accounts_user (password, username, email, display_name, language, is_active, is_demo,"
            " created_at) VALUES ('!', 'real', '', 'A real person', 'en-us', true, false, now()) RETURNING id",
        )
        for arguments in ((), ("--fresh",)):
            done = crescendo(environment, "demo", "--only-build", *arguments)
            assert done.returncode == 1
            assert "leaves it alone" in done.stderr
        assert ask(environment, "SELECT username FROM accounts_user") == [("real",)]
        assert ask(environment, "SELECT count(*) FROM pages_demobuild") == [(0,)]


@pytest.mark.long
def test_a_demo_killed_while_building_is_built_again_and_then_found_ready(tmp_path: Path) -> None:
    with own_database("crescendo_killed_demo", tmp_path) as environment:
        command = [sys.executable, "-m", "crescendo", "demo", "--only-build", "--students", "200"]
        killed = subprocess.Popen(
            command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True
        )
        for line in killed.stdout:
            if "roster" in line:
                break
        time.sleep(1)
        kill_all_of(killed)
        assert ask(environment, "SELECT finished_at FROM pages_demobuild") == [(None,)]
        assert ask(environment, "SELECT made_by_demo FROM accounts_site") == [(False,)], "no one-click yet"

        began = time.monotonic()
        done = crescendo(environment, "demo", "--only-build", "--students", "200")
        building = time.monotonic() - began
        assert done.returncode == 0, done.stdout + done.stderr
        assert "interrupted" in done.stdout
        assert ask(environment, "SELECT finished_at IS NOT NULL FROM pages_demobuild") == [(True,)]
        assert ask(environment, "SELECT count(*) FROM accounts_user WHERE is_demo") == [(15,)]

        began = time.monotonic()
        again = crescendo(environment, "demo", "--only-build")
        assert again.returncode == 0
        assert "200 students is ready" in again.stdout
        assert time.monotonic() - began < building / 4


def kill_all_of(process: subprocess.Popen[str]) -> None:
    """kill -9 of the command and of the builder that it started: they share a session of their own."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
