"""From a sign-in to the person, their posts of the day and what these allow."""

import json
from datetime import date

from django.contrib.auth.models import AnonymousUser
from django.db import connection

from crescendo.accounts.models import User
from crescendo.core import school_time

from ..viewer import PostHeld, Viewer

# One trip: the three people a sign-in can stand for, the posts held today, and what their roles may do.
_PERSON = """
WITH held AS MATERIALIZED (
    SELECT p.id, o.id AS organisation_id, o.name, o.kind, r.code, r.title, r.student_scope, p.begins_on
    FROM roster_post p
    JOIN roster_staffmember s ON s.id = p.staff_id AND (s.ended_on IS NULL OR s.ended_on > %(on)s)
    JOIN roster_organisation o ON o.id = p.organisation_id
    JOIN accounts_role r ON r.code = p.role_id
    WHERE s.user_id = %(user)s AND p.begins_on <= %(on)s AND (p.ends_on IS NULL OR p.ends_on >= %(on)s)
      AND (p.ended_on IS NULL OR p.ended_on > %(on)s)
)
SELECT (SELECT id FROM roster_staffmember WHERE user_id = %(user)s),
       (SELECT id FROM roster_student WHERE user_id = %(user)s),
       (SELECT id FROM roster_familymember WHERE user_id = %(user)s),
       ARRAY(SELECT json_build_array(id, organisation_id, name, kind, code, title, student_scope)::text
             FROM held ORDER BY begins_on, id),
       ARRAY(SELECT permission_id FROM accounts_role_permissions WHERE role_id IN (SELECT code FROM held))
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
        cursor.execute(_PERSON, {"user": user.pk, "on": on})
        staff_id, student_id, family_member_id, held, permissions = cursor.fetchone()
    posts = tuple(PostHeld(*json.loads(post)) for post in held)
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
        role_codes=frozenset(post.role_code for post in posts),
        permission_codes=frozenset(permissions),
    )


def list_user_ids_with_permission(*, permission: str, on: date) -> list[int]:
    """The sign-ins of everybody who holds a post today whose role carries the permission."""
    with connection.cursor() as cursor:
        cursor.execute(_HOLDERS, {"permission": permission, "on": on})
        return [user_id for (user_id,) in cursor.fetchall()]
