"""What counts as an outage, whatever led to it."""

from django.db import OperationalError

from crescendo.outage import _is_outage


def test_a_chain_of_causes_that_leads_back_to_itself_ends() -> None:
    first, second = ValueError("first"), KeyError("second")
    first.__cause__, second.__context__ = second, first
    assert _is_outage(first) is False
    second.__cause__ = OperationalError("gone")
    assert _is_outage(first) is True
