"""From a sign-in to the person, their posts of the day and what these allow."""

from datetime import date

from django.contrib.auth.models import AnonymousUser
from django.db import connection

from crescendo.accounts.models import Role, User
from crescendo.core import school_time

from ..viewer import PostHeld, Viewer

# One trip: the three people a sign-in can stand for, and the posts held today.
_PERSON = """
SELECT (SELECT id FROM roster_staffmember WHERE user_id = %(user)s),
       (SELECT id FROM roster_student WHERE user_id = %(user)s),
       (SELECT id FROM roster_familymember WHERE user_id = %(user)s)
"""
_POSTS = """
SELECT p.id, o.id, o.name, o.kind, r.code, r.title, r.student_scope
FROM roster_post p
JOIN roster_staffmember s ON s.id = p.staff_id AND (s.ended_on IS NULL OR s.ended_on > %(on)s)
JOIN roster_organisation o ON o.id = p.organisation_id
JOIN accounts_role r ON r.code = p.role_id
WHERE s.user_id = %(user)s AND p.begins_on <= %(on)s AND (p.ends_on IS NULL OR p.ends_on >= %(on)s)
  AND (p.ended_on IS NULL OR p.ended_on > %(on)s)
ORDER BY p.begins_on, p.id
"""

_HOLDERS = """
SELECT DISTINCT s.user_id
FROM roster_post p
JOIN roster_staffmember s ON s.id = p.staff_id AND (s.ended_on IS NULL OR s.ended_on > %(on)s)
JOIN accounts_role_permissions held ON held.role_id = p.role_id AND held.permission_id = %(permission)s
WHERE s.user_id IS NOT NULL AND p.begins_on <= %(on)s AND (p.ends_on IS NULL OR p.ends_on >= %(on)s)
  AND (p.ended_on IS NULL OR p.ended_on > %(on)s)
ORDER BY s.user_id
"""


def get_viewer(*, user: User | AnonymousUser, on: date) -> Viewer:
    """Who this sign-in is on this day. Somebody not signed in is a viewer who sees nothing of their own."""
    school_year = school_time.school_year_of(on)
    if user.pk is None or not user.is_active:
        return Viewer(user_id=None, on=on, school_year=school_year)
    with connection.cursor() as cursor:
        cursor.execute(_PERSON, {"user": user.pk})
        staff_id, student_id, family_member_id = cursor.fetchone()
        posts: tuple[PostHeld, ...] = ()
        if staff_id:
            cursor.execute(_POSTS, {"user": user.pk, "on": on})
            posts = tuple(PostHeld(*row) for row in cursor.fetchall())
    roles = frozenset(post.role_code for post in posts)
    held = Role.permissions.through.objects.filter(role_id__in=roles).values_list("permission_id", flat=True)
    return Viewer(
        user_id=user.pk,
        on=on,
        school_year=school_year,
        display_name=user.display_name,
        language=user.language,
        staff_id=staff_id,
        student_id=student_id,
        family_member_id=family_member_id,
        posts=posts,
        role_codes=roles,
        permission_codes=frozenset(held) if roles else frozenset(),
    )


def list_user_ids_with_permission(*, permission: str, on: date) -> list[int]:
    """The sign-ins of everybody who holds a post today whose role carries the permission."""
    with connection.cursor() as cursor:
        cursor.execute(_HOLDERS, {"permission": permission, "on": on})
        return [user_id for (user_id,) in cursor.fetchall()]
