"""Who is looking: the person behind a sign-in, their posts of the day and what these allow."""

from dataclasses import dataclass, field
from datetime import date

from django.conf import settings


@dataclass(frozen=True)
class PostHeld:
    """One post that the viewer holds on the day."""

    post_id: int
    organisation_id: int
    organisation_name: str
    organisation_kind: str
    role_code: str
    role_title: str
    student_scope: str


@dataclass(frozen=True)
class Viewer:
    """Somebody who looks, on one school day. Handed down as `viewer=`; nothing below reads the request."""

    user_id: int | None
    on: date
    school_year: int
    display_name: str = ""
    language: str = field(default_factory=lambda: settings.LANGUAGE_CODE)
    staff_id: int | None = None
    student_id: int | None = None
    family_member_id: int | None = None
    posts: tuple[PostHeld, ...] = ()
    role_codes: frozenset[str] = frozenset()
    permission_codes: frozenset[str] = frozenset()

    @property
    def is_signed_in(self) -> bool:
        return self.user_id is not None

    @property
    def is_family(self) -> bool:
        return self.family_member_id is not None

    @property
    def is_student(self) -> bool:
        return self.student_id is not None

    @property
    def is_staff(self) -> bool:
        """Holds a post today; somebody whose posts have ended does not work here any more."""
        return bool(self.posts)

    @property
    def reaches_many_schools(self) -> bool:
        """A post at a district or above, for its students: lists are long."""
        return any(p.student_scope == "organisation" and p.organisation_kind != "school" for p in self.posts)

    def may(self, permission: str) -> bool:
        return permission in self.permission_codes

    def has_role(self, *codes: str) -> bool:
        return not self.role_codes.isdisjoint(codes)
