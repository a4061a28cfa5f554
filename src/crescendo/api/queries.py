"""What is read at the doors: clients for their page, a batch for its sender."""

import uuid

from django.db.models import QuerySet

from crescendo.roster import queries as roster
from crescendo.roster.viewer import Viewer

from . import permissions
from .callers import Caller
from .models import Batch, Client


def list_clients(*, viewer: Viewer) -> QuerySet[Client]:
    """Connections at the organisations that this viewer's posts reach."""
    permissions.check_may_make_clients(viewer)
    reached = roster.list_subtree_ids([post.organisation_id for post in viewer.posts])
    return Client.objects.filter(organisation_id__in=reached).select_related("organisation", "made_by")


def find_batch(*, number: uuid.UUID, caller: Caller) -> Batch | None:
    """A batch, for its sender alone."""
    return Batch.objects.defer("body").filter(number=number, sender=caller.name).first()
