"""Teams: people who work on something together."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from crescendo.core.errors import NotAllowed, Refused
from crescendo.roster import queries as roster
from crescendo.roster.models import Post
from crescendo.roster.viewer import Viewer

from .. import permissions
from ..models import Team, TeamMember


@transaction.atomic
def make_team(*, organisation_id: int, name: str, staff_ids: Iterable[int], by: Viewer, at: datetime) -> Team:
    """A team at an organisation where its maker works, the maker in it. A team that stands already gains members only
    through one of its own or a leader there: its goals are its members' alone."""
    if organisation_id not in {post.organisation_id for post in by.posts}:
        raise NotAllowed(_("Teams are made where one works."))
    if not name.strip():
        raise Refused(_("Give the team a name."))
    team, is_new = Team.objects.get_or_create(
        organisation_id=organisation_id, name=name.strip(), defaults={"created_at": at}
    )
    if not (is_new or permissions.is_in_team(by, team.pk) or permissions.leads_plans_of(by, organisation_id)):
        raise Refused(_("There is a team of this name already. Ask one of its members to add you."))
    here = Post.objects.filter(roster.active(by.on), organisation_id=organisation_id)
    known = set(here.filter(staff_id__in=list(staff_ids)).values_list("staff_id", flat=True))
    for staff_id in (by.staff_id, *sorted(known - {by.staff_id})):  # the maker first: members let in members
        TeamMember.objects.get_or_create(team=team, staff_id=staff_id)
    return team
