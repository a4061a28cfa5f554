"""What every test shares: the owner's database role, the real samples, the cast, pages under the web role."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("CRESCENDO_PROCESS", "owner")
os.environ.setdefault("CRESCENDO_DATA", str(Path(__file__).resolve().parents[1] / "var" / "test"))
# `from cast import ON` works in every test folder (tests are imported by path, not as a package).
sys.path.insert(0, str(Path(__file__).resolve().parent))

import pytest
from django.db import connection
from django.test import Client, TransactionTestCase
from django.utils import translation

import emptying
import prepared
from crescendo.core import background

HERE = Path(__file__).parent
LONGEST_FIRST = (
    "browser/test_cast", "journeys/test_everybody", "journeys", "browser", "platform", "imports", "indicators",
)  # fmt: skip


def pytest_configure(config: pytest.Config) -> None:
    prepared.look_at_the_sources()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first, so that no process waits for another at the end."""

    def place(item: pytest.Item) -> int:
        path = item.path.as_posix().removeprefix(f"{HERE.as_posix()}/")
        return next(
            (at for at, start in enumerate(LONGEST_FIRST) if path.startswith(start)), len(LONGEST_FIRST)
        )

    items.sort(key=place)


@pytest.fixture(autouse=True)
def _the_sites_language(settings: object) -> Iterator[None]:
    """A page in Spanish leaves its language to the thread: each test begins in the site's own, and what a module
    prepares before its first test does, too."""
    translation.activate(settings.LANGUAGE_CODE)
    yield
    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture(scope="session", autouse=True)
def _commands_do_not_step_back() -> None:
    """A command that gives way to pages is also called inside the tests' own process, which must not."""
    background.STEPS_BACK = 0


@pytest.fixture(scope="session")
def samples() -> Path:
    """The folder of real files; the test skips where it is absent."""
    default = Path(__file__).resolve().parents[1].parent / "shared" / "data"
    folder = Path(os.environ.get("CRESCENDO_SAMPLES", default))
    if not folder.is_dir():
        pytest.skip(f"no real files at {folder}: set CRESCENDO_SAMPLES")
    return folder


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """The tests' database is a copy of one in which the migrations have run."""
    connection.settings_dict["TEST"]["TEMPLATE"] = prepared.tables()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> None:
    """The school years of the tests exist once, as they do in a site that has imported anything."""
    with django_db_blocker.unblock():
        with connection.cursor() as cursor:
            for school_year in (2024, 2025, 2026, 2027):
                cursor.execute("SELECT crescendo_ensure_school_year(%s)", [school_year])
        TransactionTestCase._fixture_teardown = staticmethod(emptying.Emptying())


@pytest.fixture
def cast(db: None) -> object:
    """The whole cast in a small district; see `tests/cast.py`."""
    from cast import make_cast  # noqa: PLC0415  (Django is ready only now)

    return make_cast()


class WebRoleClient(Client):
    """Asks for pages as the database role that serves them, so that row-level security binds in every page test."""

    def request(self, **request: object) -> object:
        with connection.cursor() as cursor:
            cursor.execute("SET ROLE crescendo_web")
        try:
            return super().request(**request)
        finally:
            with connection.cursor() as cursor:
                cursor.execute("RESET ROLE")


@pytest.fixture
def client(db: None) -> WebRoleClient:
    return WebRoleClient()
