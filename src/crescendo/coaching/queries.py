"""Every read of coaching. The viewer is one of the two people, or there is nothing to see."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db import connection
from django.db.models import Max, Q, QuerySet
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


def get_private_note(*, viewer: Viewer, session: Session) -> str:
    """What the viewer noted about the session for themselves."""
    note = PrivateNote.objects.filter(session=session, author_id=viewer.staff_id).first()
    return note.text if note else ""


KINDS_OF_HAPPENING = ("session", "step", "review")


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
    # On one day a session comes before the step it led to, and a review after both.
    return sorted(found, key=lambda each: (each.on, KINDS_OF_HAPPENING.index(each.kind)), reverse=True)


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


@dataclass(frozen=True)
class Standing:
    """Where one agreement stands: the live step, the session that comes next, the open cycle, the last contact."""

    last_contact: date
    step: ActionStep | None = None
    next: Session | None = None
    ahead_on: date | None = None  # the first planned session that does not lie behind
    cycle: Cycle | None = None

    def is_quiet(self, on: date) -> bool:
        """Two weeks without contact and no session ahead."""
        return rules.is_quiet(last_contact_on=self.last_contact, next_on=self.ahead_on, on=on)


def list_standings(*, agreements: Iterable[Agreement], on: date) -> dict[int, Standing]:
    """Where each of the agreements stands, in four questions however many they are."""
    begun = {agreement.pk: agreement.begins_on for agreement in agreements if agreement.has_begun}
    sessions = Session.objects.filter(agreement__in=begun, called_off_on__isnull=True)
    held = dict(
        sessions.order_by().values("agreement").annotate(on=Max("held_on")).values_list("agreement", "on")
    )
    coming: dict[int, list[Session]] = {}
    for session in sessions.filter(held_on__isnull=True).order_by("planned_on", "id"):
        coming.setdefault(session.agreement_id, []).append(session)
    steps = {each.agreement_id: each for each in ActionStep.objects.filter(agreement__in=begun, state="live")}
    cycles = {each.agreement_id: each for each in Cycle.objects.filter(agreement__in=begun, reviewed_on=None)}
    return {
        pk: Standing(
            last_contact=max(held.get(pk) or begins_on, begins_on),
            step=steps.get(pk),
            next=next(iter(coming.get(pk, ())), None),
            ahead_on=next((each.planned_on for each in coming.get(pk, ()) if each.planned_on >= on), None),
            cycle=cycles.get(pk),
        )
        for pk, begins_on in begun.items()
    }


DUE_ORDER = ("answer", "session", "step", "review", "end", "quiet")


def list_due(*, viewer: Viewer) -> list[Due]:
    """What the viewer's coaching asks for today, the most pressing first.

    An invitation to answer; a session of today or one that waits to be written down; a step whose day has come (for the
    one who tries it); a cycle at its end; the end of the time agreed on; two weeks without contact.
    """
    agreements = list(list_agreements(viewer=viewer).filter(state__in=Agreement.OPEN))
    standings = list_standings(agreements=agreements, on=viewer.on)
    found = [due for each in agreements for due in _due_of(viewer, each, standings.get(each.pk))]
    return sorted(found, key=lambda due: DUE_ORDER.index(due.code))


def _due_of(viewer: Viewer, agreement: Agreement, standing: Standing | None) -> Iterator[Due]:
    def due(code: str, page: str, about: int, on: date | None) -> Due:
        sentence, action = wording.due_words(code, permissions.other_of(viewer, agreement).name)
        return Due(code, sentence, action, reverse(f"coaching:{page}", args=[about]), agreement.pk, on)

    if standing is None:  # an invitation
        if permissions.may_answer(viewer, agreement):
            yield due("answer", "agreement_page", agreement.pk, None)
        return
    session, step, cycle = standing.next, standing.step, standing.cycle
    if session and session.planned_on <= viewer.on:
        yield due("session", "session_page", session.pk, session.planned_on)
    if step and step.due_on <= viewer.on and permissions.is_coachee(viewer, agreement):
        yield due("step", "agreement_page", agreement.pk, step.due_on)
    if cycle and rules.review_is_due(begins_on=cycle.begins_on, weeks=cycle.weeks, on=viewer.on):
        yield due("review", "cycle_review", cycle.pk, cycle.begins_on + timedelta(weeks=cycle.weeks))
    if agreement.time_is_up(viewer.on):
        yield due("end", "agreement_page", agreement.pk, agreement.ends_on)
    elif standing.is_quiet(viewer.on):
        yield due("quiet", "session_plan", agreement.pk, standing.last_contact)


def first_day_for_a_session(*, agreement: Agreement, on: date) -> date:
    """The agreed number of weeks after the last contact, but not in the past."""
    standing = list_standings(agreements=[agreement], on=on).get(agreement.pk)
    last = standing.last_contact if standing else agreement.begins_on
    return max(last + timedelta(weeks=agreement.every_weeks), on)


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
