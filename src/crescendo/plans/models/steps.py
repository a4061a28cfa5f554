from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from crescendo.roster.models import StaffMember

from .plans import Plan


class Action(models.Model):
    """One thing that somebody does for the goal, by a day. Exactly one person answers for it."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="actions")
    what = models.CharField(max_length=300)
    accountable = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="plan_actions")
    due_on = models.DateField()
    hours = models.FloatField(null=True, blank=True)
    cost = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    resources = models.CharField(max_length=300, blank=True)
    added_at = models.DateTimeField()
    done_on = models.DateField(null=True, blank=True)
    evidence = models.TextField(blank=True, help_text="How one can tell that it was done.")
    reminded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["due_on", "id"]
        indexes = [
            models.Index(
                fields=["accountable", "due_on"], condition=Q(done_on=None), name="plans_action_to_do"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="plans_action_not_negative",
                condition=(Q(hours=None) | Q(hours__gte=0)) & (Q(cost=None) | Q(cost__gte=0)),
            ),
        ]

    def __str__(self) -> str:
        return f"action {self.pk} of plan {self.plan_id}"


class CheckIn(models.Model):
    """How it goes on a day, in one person's words: a value where the measure is their own, and how sure they are."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="check_ins")
    on = models.DateField()
    value = models.FloatField(null=True, blank=True)
    confidence = models.SmallIntegerField(null=True, blank=True, help_text="1 (we will miss it) to 5 (sure).")
    comment = models.TextField(blank=True)
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "on", "by"], name="plans_checkin_once_a_day"),
            models.CheckConstraint(
                name="plans_checkin_confidence_in_range",
                condition=Q(confidence=None) | Q(confidence__gte=1, confidence__lte=5),
            ),
        ]

    def __str__(self) -> str:
        return f"check-in of plan {self.plan_id} on {self.on}"


class Review(models.Model):
    """Somebody looked at what the plan did and decided: continue, change or stop. Kept as it was said."""

    class Decision(models.TextChoices):
        CONTINUE = "continue", pgettext_lazy("review", "continue")
        CHANGE = "change", pgettext_lazy("review", "change something")
        STOP = "stop", pgettext_lazy("review", "stop")

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="reviews")
    on = models.DateField()
    decision = models.CharField(max_length=10, choices=Decision)
    reason = models.TextField()
    next_review_on = models.DateField(null=True, blank=True)
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["on", "id"]

    def __str__(self) -> str:
        return f"review of plan {self.plan_id} on {self.on}"


class GoalRevision(models.Model):
    """What the goal said before somebody changed it, and why they did."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="revisions")
    before = models.JSONField(help_text="Field by field, as it was.")
    after = models.JSONField()
    reason = models.CharField(max_length=300)
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"revision {self.pk} of plan {self.plan_id}"


class Share(models.Model):
    """That a colleague may see the plan and work on it with the owner; until `ended_at`, if that is set."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="shares")
    staff = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="plan_shares")
    at = models.DateTimeField()
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "staff"], name="plans_share_once"),
        ]

    def __str__(self) -> str:
        return f"plan {self.plan_id} shared with {self.staff_id}"
