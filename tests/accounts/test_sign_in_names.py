"""A sign-in name is found whatever its case; so two that differ in case alone cannot be."""

import pytest
from django.db import IntegrityError

from cast import AT
from crescendo.accounts.models import User

pytestmark = pytest.mark.django_db


def test_two_names_that_differ_in_case_alone_are_refused() -> None:
    User.objects.create(username="ada", display_name="Ada", created_at=AT)
    with pytest.raises(IntegrityError, match="without_case"):
        User.objects.create(username="ADA", display_name="Ada", created_at=AT)


def test_a_name_is_found_whatever_its_case() -> None:
    user = User.objects.create(username="Núñez@School.example", display_name="N", created_at=AT)
    assert User.objects.get_by_natural_key("NÚÑEZ@school.EXAMPLE") == user
