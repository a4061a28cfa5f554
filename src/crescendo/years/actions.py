"""What people do with a turn: begin, decide lines, say yes, take it back. The school's own rows are the worker's to write."""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from procrastinate.exceptions import AlreadyEnqueued

from crescendo.accounts import actions as accounts
from crescendo.core import school_time
from crescendo.core.errors import NotFound, Refused
from crescendo.roster.models import Organisation
from crescendo.roster.viewer import Viewer

from . import permissions, tasks
from .models import Line, Turn

LONGEST_BREAK = 200  # days between two school years; more is a slip of the pen
State = Turn.State
JOBS = {State.REHEARSING: tasks.rehearse, State.ASKED: tasks.do, State.UNDO_ASKED: tasks.undo}


class BegunAlready(Refused):
    """Somebody has begun this turn; `turn` is the one to go on with."""

    def __init__(self, turn: Turn) -> None:
        self.turn = turn
        super().__init__(
            _(
                "%(who)s began the change to %(year)s on %(day)s. Go on with it here; a second one is not needed."
            )
            % {
                "who": turn.begun_by.display_name,
                "year": school_time.school_year_name(turn.to_year),
                "day": f"{turn.begun_at:%Y-%m-%d}",
            }
        )


@transaction.atomic
def begin_turn(*, from_year: int, last_on: date, first_on: date, by: Viewer, at: datetime) -> Turn:
    """Begin the rehearsal of a year's end. Nothing of the school changes. A year is begun once."""
    permissions.check_may_turn(by)
    if first_on <= last_on:
        raise Refused(_("The first day of the next year has to lie after the last day of this one."))
    if (
        school_time.school_year_of(last_on) not in (from_year, from_year + 1)
        or (first_on - last_on).days > LONGEST_BREAK
    ):
        raise Refused(
            _("These days do not belong to the end of %(year)s.")
            % {"year": school_time.school_year_name(from_year)}
        )
    try:
        with transaction.atomic():
            turn = Turn.objects.create(
                from_year=from_year, last_on=last_on, first_on=first_on, begun_by_id=by.user_id, begun_at=at
            )
    except IntegrityError:
        alive = Turn.objects.exclude(state__in=Turn.OVER).select_related("begun_by").get(from_year=from_year)
        raise BegunAlready(alive) from None
    _note("turn.begun", turn, by=by, at=at)
    _leave_to_worker(turn)
    return turn


@transaction.atomic
def rehearse_again(*, turn_id: int, by: Viewer, at: datetime) -> Turn:
    """Look at the school as it is now. What people chose stays chosen."""
    return _move(turn_id, {State.REHEARSED: State.REHEARSING}, "turn.rehearsal_asked", by=by, at=at)


@transaction.atomic
def ask_to_do(*, turn_id: int, by: Viewer, at: datetime) -> Turn:
    """Say yes to what was rehearsed. Every line has to be decided."""
    turn = _get(turn_id, by)
    undecided = turn.lines.filter(fate=Line.Fate.OPEN).count()
    if turn.state == State.REHEARSED and undecided:
        raise Refused(_("%(n)s students are not decided yet. Decide them first.") % {"n": undecided})
    turn.asked_by_id = by.user_id
    turn.save(update_fields=["asked_by"])
    return _move(turn_id, {State.REHEARSED: State.ASKED}, "turn.asked", by=by, at=at)


@transaction.atomic
def ask_to_undo(*, turn_id: int, by: Viewer, at: datetime) -> Turn:
    """Ask for everything to be put back as it was."""
    turn = _get(turn_id, by)
    turn.undone_by_id = by.user_id
    turn.save(update_fields=["undone_by"])
    return _move(turn_id, {State.DONE: State.UNDO_ASKED}, "turn.undo_asked", by=by, at=at)


@transaction.atomic
def leave_turn(*, turn_id: int, by: Viewer, at: datetime) -> Turn:
    """Put the rehearsal away. Nothing had changed."""
    return _move(turn_id, {State.REHEARSED: State.LEFT}, "turn.left", by=by, at=at)


@transaction.atomic
def decide_lines(
    *, turn_id: int, line_ids: list[int], fate: str, to_school_id: int | None, by: Viewer, at: datetime
) -> int:
    """Say what becomes of some students: up, stays, leaves, or to another school. How many lines that changed."""
    turn = _get(turn_id, by)
    if turn.state != State.REHEARSED:
        raise Refused(_("Students can be decided while the change is rehearsed, not after it is done."))
    if fate not in (Line.Fate.UP, Line.Fate.STAYS, Line.Fate.LEAVES):
        raise Refused(_("Choose what happens: moves up, stays in the grade, or leaves."))
    if to_school_id is not None and not _is_school(to_school_id):
        raise Refused(_("Choose one of this site's schools."))
    lines = turn.lines.filter(pk__in=line_ids).exclude(fate=Line.Fate.ALREADY)
    if fate == Line.Fate.UP:
        if lines.filter(next_grade="").exists():
            raise Refused(
                _(
                    "There is no grade after this one that we know. Choose stays or leaves, or correct the grade."
                )
            )
        if to_school_id is None and lines.filter(why=Line.Why.MANY_SCHOOLS).exists():
            raise Refused(_("Several schools teach the next grade. Choose one."))
    school = None if fate == Line.Fate.LEAVES else to_school_id
    changed = lines.update(fate=fate, to_school_id=school, chosen_by_id=by.user_id)
    _note("turn.decided", turn, by=by, at=at, detail={"fate": fate, "lines": changed})
    return changed


def _is_school(organisation_id: int) -> bool:
    return Organisation.objects.filter(
        pk=organisation_id, kind=Organisation.Kind.SCHOOL, ended_on__isnull=True
    ).exists()


def _get(turn_id: int, by: Viewer) -> Turn:
    """The turn, held for this transaction: two people who press at once come one after the other."""
    permissions.check_may_turn(by)
    turn = Turn.objects.select_for_update(of=("self",), no_key=True).filter(pk=turn_id).first()
    if turn is None:
        raise NotFound(_("There is no such change of year."))
    return turn


def _move(turn_id: int, moves: dict[str, str], verb: str, *, by: Viewer, at: datetime) -> Turn:
    turn = _get(turn_id, by)
    if turn.state not in moves:
        raise Refused(
            _("This has been asked already, or is over: it is %(state)s.")
            % {"state": turn.get_state_display()}
        )
    turn.state, turn.blockers = moves[turn.state], []
    turn.save(update_fields=["state", "blockers"])
    _note(verb, turn, by=by, at=at)
    if turn.state in JOBS:
        _leave_to_worker(turn)
    return turn


def _leave_to_worker(turn: Turn) -> None:
    try:
        with transaction.atomic():
            JOBS[State(turn.state)].configure(queueing_lock=f"turn {turn.pk} {turn.state}").defer(
                turn_id=turn.pk
            )
    except AlreadyEnqueued:
        return  # the job that waits does the same


def _note(
    verb: str, turn: Turn, *, by: Viewer, at: datetime, detail: dict[str, object] | None = None
) -> None:
    accounts.record_audit(
        verb=verb, object_type="years.Turn", object_id=turn.pk, by=by.user_id, at=at, detail=detail
    )
