from datetime import date

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest, Least
from django.utils.translation import gettext_lazy as _

from crescendo.roster.models import StaffMember


class Kind(models.TextChoices):
    COACHING = "coaching", _("Coaching")
    MENTORING = "mentoring", _("Mentoring")


class Agreement(models.Model):
    """Two people agree that one coaches (or mentors) the other, on what, how often, and who reads it: they alone."""

    class State(models.TextChoices):
        INVITED = "invited", _("waiting for an answer")
        AGREED = "agreed", _("agreed")
        ACTIVE = "active", _("under way")
        CLOSED = "closed", _("finished")
        STOPPED = "stopped", _("stopped")
        DECLINED = "declined", _("not taken up")

    OPEN = (State.INVITED, State.AGREED, State.ACTIVE)
    BEGUN = (State.AGREED, State.ACTIVE)

    kind = models.CharField(max_length=10, choices=Kind, default=Kind.COACHING)
    coach = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+")
    coachee = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+")
    focus = models.CharField(max_length=200)
    confidentiality = models.TextField(help_text="The words that both agreed to, as they were then.")
    every_weeks = models.SmallIntegerField(
        default=2,
        validators=[MinValueValidator(1), MaxValueValidator(8)],
        help_text="A session every ... weeks.",
    )
    begins_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.INVITED)
    invited_by = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+")
    coach_agreed_at = models.DateTimeField(null=True, blank=True)
    coachee_agreed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    reminded_on = models.DateField(
        null=True, blank=True, help_text="When the two were last told that it is quiet."
    )

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(coach=F("coachee")), name="coaching_agreement_two_people"),
            models.CheckConstraint(
                condition=Q(invited_by=F("coach")) | Q(invited_by=F("coachee")),
                name="coaching_agreement_invited_by_one_of_them",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["agreed", "active", "closed"])
                | Q(coach_agreed_at__isnull=False, coachee_agreed_at__isnull=False),
                name="coaching_agreement_both_agreed",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["invited", "agreed", "active"], ended_at__isnull=True)
                | (~Q(state__in=["invited", "agreed", "active"]) & Q(ended_at__isnull=False)),
                name="coaching_agreement_over_has_an_end",
            ),
            models.CheckConstraint(
                condition=Q(every_weeks__gte=1, every_weeks__lte=8), name="coaching_agreement_every_weeks"
            ),
            # Whoever coaches whom: the same two people have one thing open at a time.
            models.UniqueConstraint(
                Least("coach", "coachee"),
                Greatest("coach", "coachee"),
                condition=Q(state__in=["invited", "agreed", "active"]),
                name="coaching_agreement_one_open_per_pair",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN

    @property
    def has_begun(self) -> bool:
        return self.state in self.BEGUN

    def time_is_up(self, on: date) -> bool:
        """The last day the two agreed on has come."""
        return self.has_begun and self.ends_on is not None and self.ends_on <= on


class Cycle(models.Model):
    """Some weeks of work on one goal of the coachee's, with what students would show as its measure where there is one."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="cycles")
    goal = models.CharField(max_length=400)
    indicator = models.CharField(
        max_length=60, blank=True, help_text="Code of a published indicator, or blank."
    )
    own_measure = models.CharField(max_length=200, blank=True, help_text="What the two count themselves.")
    unit = models.CharField(max_length=40, blank=True)
    baseline = models.FloatField(null=True, blank=True)
    target = models.FloatField(null=True, blank=True)
    weeks = models.SmallIntegerField(default=6, validators=[MinValueValidator(1), MaxValueValidator(12)])
    begins_on = models.DateField()
    reviewed_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["-begins_on", "-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(goal=""), name="coaching_cycle_has_a_goal"),
            models.CheckConstraint(condition=Q(weeks__gte=1, weeks__lte=12), name="coaching_cycle_weeks"),
            models.UniqueConstraint(
                fields=["agreement"],
                condition=Q(reviewed_on__isnull=True),
                name="coaching_cycle_one_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"cycle {self.pk}"


class Review(models.Model):
    """How a cycle ended: the result beside the baseline, what the coachee makes of it, what comes next."""

    class Next(models.TextChoices):
        AGAIN = "again", _("another cycle")
        CLOSE = "close", _("finish here")

    cycle = models.OneToOneField(Cycle, on_delete=models.PROTECT, related_name="review")
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="reviews")
    result = models.FloatField(null=True, blank=True)
    result_words = models.TextField(blank=True)
    reflection = models.TextField(
        blank=True, help_text="The coachee's own words. Only the coachee writes here."
    )
    next = models.CharField(max_length=10, choices=Next)
    version = models.IntegerField(default=1)
    changed_by = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["-changed_at", "-id"]

    def __str__(self) -> str:
        return f"review of cycle {self.cycle_id}"
