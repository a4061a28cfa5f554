"""The table of roles that a person confirms: whom we guessed, as what, and why.

Whoever would lead, or would be somebody else than the file says, stands in a row of their own; teachers and aides of
whom the file speaks plainly are counted, not listed: nobody reads four hundred rows.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from crescendo.accounts.models import Role
from crescendo.roster.models import ClassStaff, Organisation, Post, StaffMember
from crescendo.roster.queries import active
from crescendo.roster.viewer import Viewer
from crescendo.ui import vocabulary

from .guessing import guess_role

TITLE_KEYS = ("jobtitle", "job_title", "title", "position", "metadata.jobtitle")
PLAIN = {"teacher", "aide"}
MOST_ROWS = 400
NO_ROLE = "none"


@dataclass(frozen=True)
class Row:
    """One person at one place. `field` is the name of the choice in the form; `guess` what is chosen at first."""

    field: str
    name: str
    place: str
    held: str
    guess: str
    why: str
    post_id: int | None
    staff_id: int
    organisation_id: int


@dataclass(frozen=True)
class RoleTable:
    """The rows to look at, how many stand as the file says (by role), and how many did not fit on the page."""

    rows: list[Row]
    plain: dict[str, int]
    left_out: int = 0


def make_role_table(*, viewer: Viewer) -> RoleTable:
    """Every post of today that a file brought, and every member of staff to whom no file gave one."""
    posts = (
        Post.objects.filter(active(viewer.on))
        .exclude(staff_id=viewer.staff_id)
        .exclude(source="")
        .select_related("staff", "organisation")
        .order_by("organisation__name", "staff__sort_key", "id")
    )
    teaching = set(ClassStaff.objects.filter(active(viewer.on)).values_list("staff_id", flat=True))
    rows, plain = [], dict.fromkeys(sorted(PLAIN), 0)
    for post in posts:
        row = _row_of_post(post, teaches=post.staff_id in teaching)
        if row.guess == row.held and row.held in PLAIN:
            plain[row.held] += 1
        else:
            rows.append(row)
    rows += _rows_without_post(viewer)
    rows.sort(key=lambda row: (row.guess == row.held and bool(row.held), row.place, row.name))
    return RoleTable(
        rows[:MOST_ROWS], {role: n for role, n in plain.items() if n}, max(0, len(rows) - MOST_ROWS)
    )


def _row_of_post(post: Post, *, teaches: bool) -> Row:
    decided = "role" in post.owned_fields
    guess = guess_role(
        said=str(post.metadata.get("role", "")),
        title=post.title or job_title(post.staff),
        kind=post.organisation.kind,
        teaches=teaches,
        held=post.role_id,
    )
    role, why = (post.role_id, _("You decided this.")) if decided else (guess.role or post.role_id, guess.why)
    return Row(
        f"post-{post.pk}",
        post.staff.name,
        post.organisation.name,
        post.role_id,
        role,
        why,
        post.pk,
        post.staff_id,
        post.organisation_id,
    )


def _rows_without_post(viewer: Viewer) -> Iterable[Row]:
    """Staff whose role in the file is none of ours: they may do nothing until somebody says what they are."""
    nobody = StaffMember.objects.filter(ended_on=None, posts__isnull=True).exclude(pk=viewer.staff_id)
    taught = dict(
        ClassStaff.objects.filter(staff__in=nobody)
        .order_by("pk")
        .values_list("staff_id", "school_class__school_id")
    )
    tops = list(
        Organisation.objects.filter(pk__in=[post.organisation_id for post in viewer.posts]).order_by("id")
    )
    names = dict(Organisation.objects.filter(pk__in=taught.values()).values_list("pk", "name"))
    for staff in nobody.order_by("sort_key", "id")[: MOST_ROWS + 1]:
        guess = guess_role(said="", title=job_title(staff), kind="", teaches=staff.pk in taught)
        place_id = taught.get(staff.pk) or (tops[0].pk if tops else 0)
        place = names.get(place_id) or (tops[0].name if tops else "")
        yield Row(f"staff-{staff.pk}", staff.name, place, "", guess.role, guess.why, None, staff.pk, place_id)


def job_title(staff: StaffMember) -> str:
    """The job title among the columns of the source that we keep but do not use."""
    kept = {str(key).lower(): str(value) for key, value in staff.metadata.items()}
    return next((kept[key] for key in TITLE_KEYS if kept.get(key)), "")


def role_choices(*, viewer: Viewer) -> list[tuple[str, str]]:
    """The roles that this viewer may give, in words."""
    roles = (
        Role.objects.all() if viewer.has_role("administrator") else Role.objects.exclude(pk="administrator")
    )
    return sorted(
        ((role.code, str(vocabulary.known_word(role.title))) for role in roles), key=lambda one: one[1]
    )


def read_choices(
    table: RoleTable, said: Mapping[str, str], *, viewer: Viewer
) -> tuple[dict[int, str], dict[int, tuple[int, str]]]:
    """What a person chose, for the rows of the table and no others: by post, and by staff without one."""
    known = {code for code, _title in role_choices(viewer=viewer)}
    roles: dict[int, str] = {}
    new_posts: dict[int, tuple[int, str]] = {}
    for row in table.rows:
        role = said.get(row.field, NO_ROLE)
        if role not in known:
            continue
        if row.post_id is not None:
            roles[row.post_id] = role
        elif row.organisation_id:
            new_posts[row.staff_id] = (row.organisation_id, role)
    return roles, new_posts
