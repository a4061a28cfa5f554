import sys
from copy import deepcopy
from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "api"))

from callers_of import token_of
from district import ALL, READING, make_district

from cast import make_cast
from crescendo.api import rate


@pytest.fixture(autouse=True)
def _nobody_has_asked_yet() -> None:
    rate.forget()


@pytest.fixture(scope="module")
def made(django_db_setup, django_db_blocker):
    """The district and two tokens, made once for a file; each test takes back what it does to them."""
    with django_db_blocker.unblock(), transaction.atomic():
        cast, http = make_district(make_cast()), Client()
        reading = token_of(http, cast, *READING, by="dina")
        writing = token_of(http, cast, *ALL, by="dina", source="gradebook")
        yield cast, reading, writing
        transaction.set_rollback(True)


@pytest.fixture
def district(made, db):
    return deepcopy(made[0])


@pytest.fixture
def token(made, db) -> str:
    return made[1]


@pytest.fixture
def writer(made, db) -> str:
    return made[2]
