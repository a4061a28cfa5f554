"""Who may do what with plans, as prose. Whether somebody may see a plan at all is `row_security.READ`."""

from django.db import connection
from django.utils.translation import gettext as _

from crescendo.core.errors import NotAllowed, NotFound
from crescendo.core.once import once_a_page
from crescendo.indicators.permissions import is_behaviour, result_scope
from crescendo.records import permissions as records
from crescendo.roster import permissions as roster_permissions
from crescendo.roster import queries as roster
from crescendo.roster.models import Organisation, StaffMember
from crescendo.roster.viewer import Viewer

from .models import Plan, Share, Team, TeamMember


@once_a_page
def leads_plans_of(viewer: Viewer, organisation_id: int) -> bool:
    """Whoever holds a post that may write plans, at the organisation or above it."""
    if not viewer.may("plans.write"):
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT crescendo_looks_as(%s, %s) AND %s = ANY (plans_my_led())",
            [viewer.user_id, viewer.on, organisation_id],
        )
        return bool(cursor.fetchone()[0])


def is_in_team(viewer: Viewer, team_id: int) -> bool:
    """Whoever is named in the team, and works here."""
    members = TeamMember.objects.filter(team_id=team_id, staff_id=viewer.staff_id)
    return viewer.is_staff and members.filter(ended_on__isnull=True).exists()


def require_may_open(viewer: Viewer, kind: str, subject_id: int) -> None:
    """Staff may open a plan: for themselves; for a class they teach; with `support.write` for students they work with
    and classes of their school; with `plans.write` for a school or district at or below their post, its classes and
    teams; members for their team."""
    if not viewer.is_staff:
        raise NotAllowed(_("Only staff set goals here."))
    _CHECKS[kind](viewer, subject_id)


def _require_student(viewer: Viewer, student_id: int) -> None:
    roster.get_student(viewer=viewer, student_id=student_id)
    if not (viewer.may("support.write") and roster_permissions.works_with(viewer, student_id)):
        raise NotAllowed(_("Only staff who may open support can set a goal for a student they work with."))


def _require_class(viewer: Viewer, class_id: int) -> None:
    school_class = roster.get_class(viewer=viewer, class_id=class_id)
    if not (
        records.teaches(viewer, class_id)
        or viewer.may("support.write")
        or leads_plans_of(viewer, school_class.school_id)
    ):
        raise NotAllowed(
            _("Only those who teach or support this class, or lead its school, can set it a goal.")
        )


def _require_staff(viewer: Viewer, staff_id: int) -> None:
    if not StaffMember.objects.filter(pk=staff_id).exists():
        raise NotFound(_("There is no such person."))
    if staff_id != viewer.staff_id:
        raise NotAllowed(_("A person's own goal is set by that person."))


def _require_team(viewer: Viewer, team_id: int) -> None:
    team = Team.objects.filter(pk=team_id, ended_on__isnull=True).first()
    if team is None:
        raise NotFound(_("There is no such team."))
    if not (is_in_team(viewer, team_id) or leads_plans_of(viewer, team.organisation_id)):
        raise NotAllowed(_("Only members of the team and leaders of its school can set it a goal."))


def _require_organisation(viewer: Viewer, organisation_id: int) -> None:
    if not (
        result_scope(viewer).allows(organisation_id)
        and Organisation.objects.filter(pk=organisation_id).exists()
    ):
        raise NotFound(_("There is no such school or district, or nothing that lets you see it."))
    if not leads_plans_of(viewer, organisation_id):
        raise NotAllowed(_("Only those who lead the school or district set its goals."))


_CHECKS = {
    Plan.SubjectKind.STUDENT: _require_student,
    Plan.SubjectKind.CLASS: _require_class,
    Plan.SubjectKind.STAFF: _require_staff,
    Plan.SubjectKind.TEAM: _require_team,
    Plan.SubjectKind.SCHOOL: _require_organisation,
    Plan.SubjectKind.DISTRICT: _require_organisation,
}


def may_lead(viewer: Viewer, plan: Plan) -> bool:
    """Change, share, review and close: the owner; who opened it; leaders of the organisation it is about; for a
    student, staff who may open support and see the student through the school."""
    if plan.owner_id == viewer.staff_id or plan.opened_by_id == viewer.user_id:
        return viewer.is_staff
    if plan.organisation_id:
        return leads_plans_of(viewer, plan.organisation_id)
    if plan.student_id:
        reasons = roster.reason_codes(viewer, plan.student_id)
        return viewer.may("support.write") and "organisation" in reasons
    return False


def may_see_numbers(viewer: Viewer, plan: Plan) -> bool:
    """A goal on behaviour of a class or a student shows its numbers, also those it has kept, to whoever may see
    behaviour; of a school, as its published numbers are shown."""
    if not is_behaviour(plan.indicator):
        return True
    if plan.student_id:
        return records.may_see_behaviour(viewer, plan.student_id)
    return not plan.school_class_id or viewer.may("behaviour.see")


def may_work(viewer: Viewer, plan: Plan) -> bool:
    """Add and finish actions, check in: whoever may lead it; those it is shared with; who answers for one of its
    actions; members of its team; for a student, staff who work with the student and may open support."""
    if may_lead(viewer, plan):
        return True
    if not viewer.is_staff:
        return False
    if plan.team_id and is_in_team(viewer, plan.team_id):
        return True
    if plan.student_id and viewer.may("support.write"):
        return roster_permissions.works_with(viewer, plan.student_id)
    shared = Share.objects.filter(plan=plan, staff_id=viewer.staff_id, ended_at__isnull=True)
    return shared.exists() or plan.actions.filter(accountable_id=viewer.staff_id).exists()


def require_may_lead(viewer: Viewer, plan: Plan) -> None:
    if not may_lead(viewer, plan):
        raise NotAllowed(_("Only the person who owns this goal, and those who lead it, can do this."))


def require_may_work(viewer: Viewer, plan: Plan) -> None:
    if not may_work(viewer, plan):
        raise NotAllowed(_("Only the people who work on this goal can do this."))
