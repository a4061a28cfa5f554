"""Saying how a source's files arrive. Whoever says it lets deliveries below the brake change rows without asking."""

from datetime import datetime

from django.db import transaction

from crescendo.accounts import actions as accounts
from crescendo.accounts.models import User
from crescendo.imports.models import PickUp

from .form import PickUpForm


@transaction.atomic
def set_pick_up(form: PickUpForm, *, by: User, at: datetime) -> PickUp:
    """Keep what a valid form says. Something is expected from now on, not from before anybody said so."""
    if "expected_every" in form.changed_data or "expected_unit" in form.changed_data:
        form.instance.expected_since, form.instance.late_since = at, None
    pick_up = form.save()
    accounts.record_audit(
        verb="source.pick_up_set", object_type="imports.Source", object_id=pick_up.pk, by=by.pk, at=at
    )
    return pick_up
