"""What people decide about two records: one person, two people, split again. The worker moves the rows."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from crescendo.accounts import actions as accounts
from crescendo.core.errors import NotFound, Refused
from crescendo.roster.models import Student
from crescendo.roster.viewer import Viewer

from . import permissions, tasks
from .models import Merge, Proposal


@transaction.atomic
def ask_to_merge(*, proposal_id: int, keep_id: int, reason: str, by: Viewer, at: datetime) -> Merge:
    """Say that the two are one person. `keep_id` is the record that stays; the other's rows move to it."""
    proposal = _get(proposal_id, by)
    if proposal.state != Proposal.State.OPEN:
        raise Refused(_("Somebody has decided about these two already."))
    if keep_id not in (proposal.first_id, proposal.second_id):
        raise Refused(_("Choose which of the two records stays."))
    if not reason.strip():
        raise Refused(_("Say how you know that the two are one person."))
    merged_id = proposal.second_id if keep_id == proposal.first_id else proposal.first_id
    asked = Merge.objects.create(
        proposal=proposal,
        kept_id=keep_id,
        merged_id=merged_id,
        reason=reason.strip()[:300],
        by_id=by.user_id,
        at=at,
    )
    _decide(proposal, Proposal.State.ASKED, by=by, at=at)
    _note("student.merge_asked", asked, by=by, at=at)
    tasks.merge.configure(queueing_lock=f"merge {asked.pk}").defer(merge_id=asked.pk)
    return asked


@transaction.atomic
def dismiss(*, proposal_id: int, by: Viewer, at: datetime) -> Proposal:
    """Say that they are two people. The pair is not proposed again."""
    proposal = _get(proposal_id, by)
    if proposal.state != Proposal.State.OPEN:
        raise Refused(_("Somebody has decided about these two already."))
    _decide(proposal, Proposal.State.DISMISSED, by=by, at=at)
    accounts.record_audit(
        verb="student.pair_dismissed", object_type="identity.Proposal", object_id=proposal.pk,
        student_id=proposal.first_id, by=by.user_id, at=at,
    )  # fmt: skip
    return proposal


@transaction.atomic
def ask_to_split(*, merge_id: int, by: Viewer, at: datetime) -> Merge:
    """Take a merge back: every row goes to where it was."""
    permissions.check_may_decide(by)
    found = Merge.objects.select_for_update(of=("self",), no_key=True).filter(pk=merge_id).first()
    if found is None:
        raise NotFound
    if found.state != Merge.State.DONE:
        raise Refused(_("Only records that were merged can be split."))
    later = Merge.objects.filter(pk__gt=found.pk, state__in=[Merge.State.ASKED, Merge.State.DONE])
    if later.filter(Q(kept_id=found.kept_id) | Q(merged_id=found.kept_id)).exists():
        raise Refused(_("This student was merged once more since. Split that first."))
    if Student.objects.filter(pk=found.kept_id, erased_at__isnull=False).exists():
        raise Refused(_("The student was erased. There is nothing to split any more."))
    found.state, found.split_by_id = Merge.State.SPLIT_ASKED, by.user_id
    found.save(update_fields=["state", "split_by"])
    _note("student.split_asked", found, by=by, at=at)
    tasks.split.configure(queueing_lock=f"split {found.pk}").defer(merge_id=found.pk)
    return found


def look_for_pairs(*, by: Viewer, at: datetime) -> None:
    """Look now, not only in the night."""
    permissions.check_may_decide(by)
    accounts.record_audit(
        verb="student.pairs_sought", object_type="identity.Proposal", object_id=0, by=by.user_id, at=at
    )
    tasks.find_pairs.defer()


def _get(proposal_id: int, by: Viewer) -> Proposal:
    """The proposal, locked. Row-level security shows it to those alone who see both students."""
    permissions.check_may_decide(by)
    found = Proposal.objects.select_for_update(of=("self",), no_key=True).filter(pk=proposal_id).first()
    if found is None:
        raise NotFound
    return found


def _decide(proposal: Proposal, state: str, *, by: Viewer, at: datetime) -> None:
    proposal.state, proposal.decided_by_id, proposal.decided_at = state, by.user_id, at
    proposal.save(update_fields=["state", "decided_by", "decided_at"])


def _note(verb: str, asked: Merge, *, by: Viewer, at: datetime) -> None:
    accounts.record_audit(
        verb=verb,
        object_type="identity.Merge",
        object_id=asked.pk,
        student_id=asked.kept_id,
        by=by.user_id,
        at=at,
    )
