"""What every test shares: the owner's database role, the real samples, and pages asked for under the web role."""

import os
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("CRESCENDO_PROCESS", "owner")
os.environ.setdefault("CRESCENDO_DATA", str(Path(__file__).resolve().parents[1] / "var" / "test"))

import pytest
from django.db import connection
from django.test import Client


@pytest.fixture(scope="session")
def samples() -> Path:
    """The folder of real files; the test skips where it is absent."""
    default = Path(__file__).resolve().parents[1].parent / "shared" / "data"
    folder = Path(os.environ.get("CRESCENDO_SAMPLES", default))
    if not folder.is_dir():
        pytest.skip(f"no real files at {folder}: set CRESCENDO_SAMPLES")
    return folder


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
def client(db: None) -> Iterator[WebRoleClient]:
    yield WebRoleClient()
