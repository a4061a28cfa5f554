from dataclasses import dataclass

from crescendo.roster import queries as roster
from crescendo.roster.models import Organisation, Post
from crescendo.roster.viewer import Viewer


@dataclass(frozen=True)
class OrganisationStaff:
    """An organisation and who holds which post there today."""

    organisation: Organisation
    posts: list[Post]


def list_staff(*, viewer: Viewer) -> list[OrganisationStaff]:
    """Who works at and below the organisations of the viewer's posts."""
    ids = roster.list_subtree_ids(post.organisation_id for post in viewer.posts)
    found = []
    for organisation in Organisation.objects.filter(pk__in=ids, ended_on__isnull=True).order_by(
        "kind", "name", "id"
    ):
        posts = list(roster.list_staff(organisation_id=organisation.pk, on=viewer.on))
        if posts:
            found.append(OrganisationStaff(organisation, posts))
    return found
