"""Settings of the test run: the owner's role, a data folder of its own, quick passwords, no static files.

A module of its own because pytest-django reads settings before any conftest.py could say so.
"""

import os
from pathlib import Path

os.environ.setdefault("CRESCENDO_PROCESS", "owner")
os.environ.setdefault("CRESCENDO_DATA", str(Path(__file__).resolve().parents[2] / "var" / "test"))

from crescendo import database
from crescendo.settings import *  # noqa: F403

DATABASES["default"]["OPTIONS"] |= database.PREPARED  # noqa: F405  (tests ask as pages do)

# Each test's client would list every static file, which takes as long as a page. Browser tests run the real settings.
SERVESTATIC_USE_FINDERS = False
SERVESTATIC_USE_STATIC_ROOT = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
