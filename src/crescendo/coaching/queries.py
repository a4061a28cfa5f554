"""Every read of coaching. The viewer is one of the two people, or there is nothing to see."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db import connection
from django.db.models import Max, Min, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from crescendo.core.errors import NotFound
from crescendo.roster import queries as roster
from crescendo.roster.models import Post, StaffMember
from crescendo.roster.viewer import Viewer

from . import permissions, rules, wording
from .models import ActionStep, Agreement, Cycle, Feedback, PrivateNote, Review, Session


def list_agreements(*, viewer: Viewer) -> QuerySet[Agreement]:
    """The viewer's own, as coach or as the one who is coached; the newest first."""
    if not permissions.may_take_part(viewer):
        return Agreement.objects.none()
    return Agreement.objects.filter(_is_mine(viewer)).select_related("coach", "coachee")


def _is_mine(viewer: Viewer, prefix: str = "") -> Q:
    return Q(**{f"{prefix}coach_id": viewer.staff_id}) | Q(**{f"{prefix}coachee_id": viewer.staff_id})


def _no_such() -> NotFound:
    return NotFound(_("There is no such page of coaching, or it belongs to two other people."))


def get_agreement(*, viewer: Viewer, agreement_id: int) -> Agreement:
    """One of the viewer's own; anybody else's is not there."""
    found = list_agreements(viewer=viewer).filter(pk=agreement_id).first()
    if found is None:
        raise _no_such()
    return found


def get_session(*, viewer: Viewer, session_id: int) -> Session:
    """A session of one of the viewer's own agreements, with the agreement."""
    agreements = list_agreements(viewer=viewer)
    found = (
        Session.objects.filter(pk=session_id, agreement__in=agreements)
        .select_related("agreement__coach", "agreement__coachee", "cycle", "changed_by")
        .first()
    )
    if found is None:
        raise _no_such()
    return found


def get_step(*, viewer: Viewer, step_id: int) -> ActionStep:
    agreements = list_agreements(viewer=viewer)
    found = (
        ActionStep.objects.filter(pk=step_id, agreement__in=agreements).select_related("agreement").first()
    )
    if found is None:
        raise _no_such()
    return found


def get_cycle(*, viewer: Viewer, cycle_id: int) -> Cycle:
    agreements = list_agreements(viewer=viewer)
    found = (
        Cycle.objects.filter(pk=cycle_id, agreement__in=agreements)
        .select_related("agreement__coach", "agreement__coachee")
        .first()
    )
    if found is None:
        raise _no_such()
    return found


def find_live_step(*, agreement: Agreement) -> ActionStep | None:
    """The one step that is being tried now."""
    return agreement.steps.filter(state=ActionStep.State.LIVE).first()


def find_open_cycle(*, agreement: Agreement) -> Cycle | None:
    """The cycle that has not been reviewed yet."""
    return agreement.cycles.filter(reviewed_on__isnull=True).first()


def find_review(*, cycle: Cycle) -> Review | None:
    return Review.objects.filter(cycle=cycle).select_related("changed_by").first()


def find_next_session(*, agreement: Agreement) -> Session | None:
    """The planned session that comes first; one whose day has passed still waits to be held or called off."""
    planned = agreement.sessions.filter(held_on__isnull=True, called_off_on__isnull=True)
    return planned.order_by("planned_on", "id").first()


def get_private_note(*, viewer: Viewer, session: Session) -> str:
    """What the viewer noted about the session for themselves."""
    note = PrivateNote.objects.filter(session=session, author_id=viewer.staff_id).first()
    return note.text if note else ""


@dataclass(frozen=True)
class Happening:
    """One entry of an agreement's timeline: a session with its feedback, a step that ended, or a review."""

    on: date
    kind: str
    session: Session | None = None
    feedback: tuple[Feedback, ...] = ()
    step: ActionStep | None = None
    review: Review | None = None


def list_happenings(*, viewer: Viewer, agreement: Agreement) -> list[Happening]:
    """What the two have done together, the latest first."""
    own = get_agreement(viewer=viewer, agreement_id=agreement.pk)
    given: dict[int, list[Feedback]] = {}
    for each in own.feedback.select_related("by"):
        given.setdefault(each.session_id, []).append(each)
    past = own.sessions.filter(Q(held_on__isnull=False) | Q(called_off_on__isnull=False))
    found = [
        Happening(session.day, "session", session=session, feedback=tuple(given.get(session.pk, ())))
        for session in past
    ]
    for step in own.steps.exclude(state=ActionStep.State.LIVE):
        found.append(Happening(step.ended_on or step.set_on, "step", step=step))
    for review in own.reviews.filter(cycle__reviewed_on__isnull=False).select_related("cycle"):
        found.append(Happening(review.cycle.reviewed_on, "review", review=review))
    return sorted(found, key=lambda each: each.on, reverse=True)


def list_colleagues(*, viewer: Viewer) -> QuerySet[StaffMember]:
    """Whom the viewer may invite: those who work at the viewer's own places, above and below them, and can sign in."""
    if not permissions.may_take_part(viewer):
        return StaffMember.objects.none()
    own = {post.organisation_id for post in viewer.posts if post.role_code not in permissions.NOT_A_COLLEAGUE}
    places = set(roster.list_subtree_ids(own)).union(*(roster.list_ancestor_ids(place) for place in own))
    posts = Post.objects.filter(roster.active(viewer.on), organisation_id__in=places).exclude(
        role_id__in=permissions.NOT_A_COLLEAGUE
    )
    return (
        StaffMember.objects.filter(pk__in=posts.values("staff_id"), user__is_active=True)
        .filter(Q(ended_on__isnull=True) | Q(ended_on__gt=viewer.on))
        .exclude(pk=viewer.staff_id)
    )


@dataclass(frozen=True)
class Due:
    """Something in the viewer's coaching that wants doing: one sentence, one button. For the two people alone."""

    code: str
    sentence: str
    action: str
    href: str
    agreement_id: int
    on: date | None = None


DUE_ORDER = ("answer", "session", "step", "review", "quiet")


def list_due(*, viewer: Viewer) -> list[Due]:
    """What the viewer's coaching asks for today, the most pressing first.

    An invitation to answer; a session of today or one that waits to be written down; a step whose day has come (for the
    one who tries it); a cycle at its end; two weeks without contact.
    """
    found: list[Due] = []
    for agreement in list_agreements(viewer=viewer).filter(state__in=Agreement.OPEN):
        found += _due_of(viewer, agreement)
    return sorted(found, key=lambda due: DUE_ORDER.index(due.code))


def _due_of(viewer: Viewer, agreement: Agreement) -> Iterator[Due]:
    def due(code: str, page: str, about: int, on: date | None) -> Due:
        sentence, action = wording.due_words(code, permissions.other_of(viewer, agreement).name)
        return Due(code, sentence, action, reverse(f"coaching:{page}", args=[about]), agreement.pk, on)

    if agreement.state == Agreement.State.INVITED:
        if permissions.may_answer(viewer, agreement):
            yield due("answer", "agreement_page", agreement.pk, None)
        return
    coming = find_next_session(agreement=agreement)
    if coming and coming.planned_on <= viewer.on:
        yield due("session", "session_page", coming.pk, coming.planned_on)
    step = find_live_step(agreement=agreement)
    if step and step.due_on <= viewer.on and permissions.is_coachee(viewer, agreement):
        yield due("step", "agreement_page", agreement.pk, step.due_on)
    cycle = find_open_cycle(agreement=agreement)
    if cycle and rules.review_is_due(begins_on=cycle.begins_on, weeks=cycle.weeks, on=viewer.on):
        yield due("review", "cycle_review", cycle.pk, cycle.begins_on + timedelta(weeks=cycle.weeks))
    if is_quiet(agreement=agreement, on=viewer.on):
        yield due("quiet", "session_plan", agreement.pk, last_contact(agreement=agreement))


def last_contact(*, agreement: Agreement) -> date:
    """The day of the last session; before the first, the day the coaching began."""
    held = agreement.sessions.aggregate(last=Max("held_on"))["last"]
    return max(held, agreement.begins_on) if held else agreement.begins_on


def is_quiet(*, agreement: Agreement, on: date) -> bool:
    """Two weeks without contact and no session ahead."""
    coming = agreement.sessions.filter(
        held_on__isnull=True, called_off_on__isnull=True, planned_on__gte=on
    ).aggregate(next=Min("planned_on"))["next"]
    return rules.is_quiet(last_contact_on=last_contact(agreement=agreement), next_on=coming, on=on)


def first_day_for_a_session(*, agreement: Agreement, on: date) -> date:
    """The agreed number of weeks after the last contact, but not in the past."""
    return max(last_contact(agreement=agreement) + timedelta(weeks=agreement.every_weeks), on)


@dataclass(frozen=True)
class Counts:
    """What a leader may know of coaching at their place, as of the first of the month. A count is "at least"."""

    as_of: date
    pairs: int
    in_cycle: int | None
    cycles: int | None
    weeks_between: int | None
    steps_done: Decimal | None


def find_counts(*, viewer: Viewer) -> Counts | None:
    """The coarse numbers of migration 0003; None where fewer than five people are coached, or nobody."""
    permissions.check_may_see_counts(viewer)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM coaching_counts() WHERE crescendo_looks_as(%s, %s)", [viewer.user_id, viewer.on]
        )
        row = cursor.fetchone()
    return Counts(*row) if row else None
