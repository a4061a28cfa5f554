"""Two people close the same goal at the same moment: one closes it, the other is told so."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from cast import AT
from crescendo.accounts.models import AuditEntry
from crescendo.core.errors import Refused
from crescendo.plans import actions
from crescendo.plans.models import Plan


@pytest.mark.django_db(transaction=True)
def test_of_two_who_close_a_goal_at_once_one_closes_it_and_the_other_is_told(cast, open_as):
    plan = open_as("priya", "lincoln")
    together = threading.Barrier(2, timeout=60)

    def close(name: str) -> str:
        try:
            with cast.looking_as(name) as viewer:
                together.wait()
                actions.close_plan(
                    plan_id=plan.pk,
                    outcome="partly",
                    what_happened=f"{name} says",
                    learned="x",
                    by=viewer,
                    at=AT,
                )
        except Refused:
            return "told"
        finally:
            connection.close()
        return name

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(close, ("dina", "priya")))
    assert answers.count("told") == 1
    winner = next(name for name in answers if name != "told")
    assert Plan.objects.get().what_happened == f"{winner} says"
    assert AuditEntry.objects.filter(verb="plan.closed").count() == 1
