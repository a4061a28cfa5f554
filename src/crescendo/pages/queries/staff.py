from django.db.models import Q, QuerySet

from crescendo.core.names import fold
from crescendo.roster import queries as roster
from crescendo.roster.models import Post
from crescendo.roster.viewer import Viewer


def list_staff(*, viewer: Viewer, text: str = "") -> QuerySet[Post]:
    """Who holds which post today at and below the organisations of the viewer's posts: by place, then by name.

    Each word of the text begins a word of the name.
    """
    ids = roster.list_subtree_ids(post.organisation_id for post in viewer.posts)
    posts = Post.objects.filter(
        roster.active(viewer.on), organisation_id__in=ids, organisation__ended_on__isnull=True
    )
    for word in fold(text).split():
        posts = posts.filter(Q(staff__sort_key__startswith=word) | Q(staff__sort_key__contains=f" {word}"))
    return posts.select_related("staff", "role", "organisation").order_by(
        "organisation__kind", "organisation__name", "organisation_id", "staff__sort_key", "id"
    )
