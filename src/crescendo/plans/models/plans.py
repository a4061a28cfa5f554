from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from crescendo.core import school_time
from crescendo.roster.models import Organisation, SchoolClass, StaffMember, Student

from .teams import Team

SUBJECT_COLUMNS = {
    "student": "student",
    "class": "school_class",
    "staff": "staff",
    "team": "team",
    "school": "organisation",
    "district": "organisation",
}


def _one_subject() -> Q:
    """Of the columns that name a subject exactly one is filled: the one that the kind says."""
    columns = dict.fromkeys(SUBJECT_COLUMNS.values())
    condition = Q()
    for kind, named in SUBJECT_COLUMNS.items():
        filled = {f"{column}__isnull": column != named for column in columns}
        condition |= Q(subject_kind=kind, **filled)
    return condition


class Plan(models.Model):
    """One goal, its measure, and what became of it. Actions, check-ins and reviews hang on it.

    `place` is the school or district in whose house the plan lives: where "organisation" may see it, its staff may.
    A baseline is measured when the plan is opened and kept; the present value is asked for, never stored.
    """

    class SubjectKind(models.TextChoices):
        STUDENT = "student", pgettext_lazy("plan", "a student")
        CLASS = "class", pgettext_lazy("plan", "a class")
        STAFF = "staff", pgettext_lazy("plan", "a member of staff")
        TEAM = "team", pgettext_lazy("plan", "a team")
        SCHOOL = "school", pgettext_lazy("plan", "a school")
        DISTRICT = "district", pgettext_lazy("plan", "a district")

    class MeasureKind(models.TextChoices):
        INDICATOR = "indicator", pgettext_lazy("plan", "a published indicator")
        ASSESSMENT = "assessment", pgettext_lazy("plan", "scores of a test")
        OWN = "own", pgettext_lazy("plan", "a value I write down myself")

    class Direction(models.TextChoices):
        UP = "up", pgettext_lazy("plan", "up to")
        DOWN = "down", pgettext_lazy("plan", "down to")
        HOLD = "hold", pgettext_lazy("plan", "hold at")

    class Visibility(models.TextChoices):
        PRIVATE = "private", pgettext_lazy("plan", "only me")
        CASE = "case", pgettext_lazy("plan", "the people involved")
        TEAM = "team", pgettext_lazy("plan", "the team")
        ORGANISATION = "organisation", pgettext_lazy("plan", "all staff here")

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("plan", "draft")
        ACTIVE = "active", pgettext_lazy("plan", "under way")
        CLOSED = "closed", pgettext_lazy("plan", "closed")

    class Outcome(models.TextChoices):
        ACHIEVED = "achieved", pgettext_lazy("plan", "reached")
        PARTLY = "partly", pgettext_lazy("plan", "partly reached")
        MISSED = "missed", pgettext_lazy("plan", "not reached")
        WITHDRAWN = "withdrawn", pgettext_lazy("plan", "withdrawn")

    subject_kind = models.CharField(max_length=10, choices=SubjectKind)
    student = models.ForeignKey(Student, on_delete=models.PROTECT, null=True, related_name="plans")
    school_class = models.ForeignKey(SchoolClass, on_delete=models.PROTECT, null=True, related_name="plans")
    staff = models.ForeignKey(StaffMember, on_delete=models.PROTECT, null=True, related_name="plans_about")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, related_name="plans")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="plans")
    place = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="plans_here")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    school_year = models.SmallIntegerField()

    title = models.CharField(max_length=200, help_text="The goal in a few words.")
    statement = models.TextField(blank=True, help_text="The goal at length, where the title is not enough.")
    why = models.TextField(blank=True)
    opened_from = models.CharField(max_length=300, blank=True, help_text="The finding it began with.")

    measure_kind = models.CharField(max_length=12, choices=MeasureKind, default=MeasureKind.OWN)
    indicator = models.CharField(max_length=60, blank=True)
    rule_pack = models.CharField(max_length=60, blank=True, help_text="The counting rules of the baseline.")
    assessment_family = models.CharField(max_length=120, blank=True)
    assessment_subject = models.CharField(max_length=80, blank=True)
    own_measure = models.CharField(max_length=200, blank=True)
    unit = models.CharField(max_length=40, blank=True)
    baseline = models.FloatField(null=True, blank=True)
    baseline_on = models.DateField(null=True, blank=True)
    baseline_n = models.IntegerField(null=True, blank=True, help_text="Students behind the baseline.")
    target = models.FloatField(null=True, blank=True)
    target_percent = models.FloatField(
        null=True,
        blank=True,
        help_text="Asked for as a change in percent; the target follows from the baseline.",
    )
    direction = models.CharField(max_length=4, choices=Direction, default=Direction.UP)
    margin = models.FloatField(null=True, blank=True, help_text="Hold: how far from the target still counts.")
    begins_on = models.DateField()
    due_on = models.DateField()

    owner = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="plans_owned")
    opened_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    visibility = models.CharField(max_length=12, choices=Visibility, default=Visibility.CASE)

    reminded_of = models.DateField(
        null=True, blank=True, help_text="The latest review or due day that the owner was told of."
    )

    state = models.CharField(max_length=10, choices=State, default=State.ACTIVE)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    what_happened = models.TextField(blank=True)
    learned = models.TextField(blank=True)
    last_value = models.FloatField(null=True, blank=True, help_text="The measure when the plan was closed.")
    last_value_on = models.DateField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["due_on", "id"]
        indexes = [
            models.Index(
                fields=["student"], condition=Q(student__isnull=False), name="plans_plan_of_student"
            ),
            models.Index(fields=["owner", "state"], name="plans_plan_of_owner"),
            models.Index(fields=["place", "state"], name="plans_plan_at_place"),
        ]
        constraints = [
            models.CheckConstraint(name="plans_plan_one_subject", condition=_one_subject()),
            models.CheckConstraint(
                name="plans_plan_measure_is_named",
                condition=(
                    Q(measure_kind="own", indicator="", assessment_family="")
                    | (Q(measure_kind="indicator", assessment_family="") & ~Q(indicator=""))
                    | (Q(measure_kind="assessment", indicator="") & ~Q(assessment_family=""))
                ),
            ),
            models.CheckConstraint(
                name="plans_plan_target_differs_unless_held",
                condition=Q(direction="hold") | Q(baseline=None) | Q(target=None) | ~Q(baseline=F("target")),
            ),
            models.CheckConstraint(name="plans_plan_due_after_start", condition=Q(due_on__gt=F("begins_on"))),
            models.CheckConstraint(
                name="plans_plan_closed_with_an_outcome",
                condition=(Q(state="closed", closed_at__isnull=False) & ~Q(outcome=""))
                | (~Q(state="closed") & Q(closed_at=None, outcome="")),
            ),
            models.CheckConstraint(name="plans_plan_not_its_own_parent", condition=~Q(parent=F("id"))),
        ]

    def __str__(self) -> str:
        return f"plan {self.pk}"

    @property
    def is_open(self) -> bool:
        return self.state != self.State.CLOSED

    @property
    def closed_on(self) -> date | None:
        """The school's day on which it was closed: in the evening the database's is the next one already."""
        return self.closed_at.astimezone(school_time.zone()).date() if self.closed_at else None

    @property
    def subject_id(self) -> int:
        """The id of the student, class, person, team or organisation that the goal is about."""
        found = self.student_id or self.school_class_id or self.staff_id or self.team_id
        return found or self.organisation_id

    @property
    def subject_name(self) -> str:
        """Whom or what the goal is about, by name."""
        found = self.student or self.staff
        return found.name if found is not None else str(self.school_class or self.team or self.organisation)
