from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class SupportPlan(models.Model):
    """What makes a plan a support plan: how intensive it is, what is done, how often, by whom.

    The goal, why it is set, the check-ins, the reviews and the close are the plan's own. The family reads everything
    that stands here; what staff write for one another stands in the plan and in `DeliveryNote`.
    """

    class Tier(models.IntegerChoices):
        EVERYONE = 1, _("Tier 1: in class, with everybody")
        SOME = 2, _("Tier 2: extra, in a small group")
        FEW = 3, _("Tier 3: intensive, one to one")

    plan = models.OneToOneField("plans.Plan", on_delete=models.PROTECT, related_name="support")
    student = models.ForeignKey(
        "roster.Student",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="As the plan says; kept here too, because row-level security asks it.",
    )
    school_class = models.ForeignKey(
        "roster.SchoolClass", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    tier = models.SmallIntegerField(choices=Tier)
    strategy = models.TextField(help_text="What is done, in words that the family reads too.")
    delivered_by = models.ForeignKey("roster.StaffMember", on_delete=models.PROTECT, related_name="+")
    family_told_on = models.DateField(null=True, blank=True)
    opened_at = models.DateTimeField()
    opened_key = models.UUIDField(help_text="Of the form that opened it: sent twice, it opens one plan.")

    class Meta:
        ordering = ["-opened_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(student__isnull=True) ^ Q(school_class__isnull=True),
                name="support_supportplan_has_one_subject",
            ),
            models.CheckConstraint(condition=Q(tier__in=[1, 2, 3]), name="support_supportplan_tier"),
            models.UniqueConstraint(
                fields=["opened_key", "student"], nulls_distinct=False, name="support_supportplan_once"
            ),
        ]

    def __str__(self) -> str:
        return f"support {self.pk} by plan {self.plan_id}"

    @property
    def subject_name(self) -> str:
        """The student's name, or the class's title."""
        return self.student.name if self.student is not None else self.school_class.title

    @property
    def rhythm(self) -> "Rhythm":
        """How often it is planned now: the rhythm that began last."""
        return max(self.rhythms.all(), key=lambda rhythm: rhythm.begins_on)


class Rhythm(models.Model):
    """How often support is planned from a day on. A change adds a row, so that what was planned before stays planned."""

    support = models.ForeignKey(SupportPlan, on_delete=models.PROTECT, related_name="rhythms")
    begins_on = models.DateField()
    sessions_per_week = models.SmallIntegerField()
    minutes = models.SmallIntegerField(null=True, blank=True, help_text="Of one session.")

    class Meta:
        ordering = ["begins_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["support", "begins_on"], name="support_rhythm_once"),
            models.CheckConstraint(
                condition=Q(sessions_per_week__gte=1, sessions_per_week__lte=20),
                name="support_rhythm_sessions_per_week",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sessions_per_week} a week from {self.begins_on}"


class Delivery(models.Model):
    """One session of a support plan: it took place, or why not. A mistake is taken back, never deleted."""

    class WhyNot(models.TextChoices):
        STUDENT_AWAY = "student_away", _("The student was away")
        STAFF_AWAY = "staff_away", _("The person who gives it was away")
        SCHOOL_EVENT = "school_event", _("Something else was on at school")
        NO_TIME = "no_time", _("There was no time")
        DECLINED = "declined", _("The student did not want to")
        OTHER = "other", _("Another reason")

    support = models.ForeignKey(SupportPlan, on_delete=models.PROTECT, related_name="deliveries")
    on = models.DateField()
    happened = models.BooleanField()
    why_not = models.CharField(max_length=20, choices=WhyNot, blank=True)
    minutes = models.SmallIntegerField(null=True, blank=True)
    delivered_by = models.ForeignKey("roster.StaffMember", on_delete=models.PROTECT, related_name="+")
    logged_by = models.ForeignKey("roster.StaffMember", on_delete=models.PROTECT, related_name="+")
    logged_at = models.DateTimeField()
    logged_key = models.UUIDField(help_text="Of the press of the button: pressed twice, it is one session.")
    taken_back_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-on", "-id"]
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(fields=["support", "logged_key"], name="support_delivery_once"),
            models.CheckConstraint(
                condition=Q(happened=True, why_not="") | (Q(happened=False) & ~Q(why_not="")),
                name="support_delivery_says_why_not",
            ),
            models.CheckConstraint(
                condition=Q(minutes__isnull=True) | Q(minutes__gte=1, minutes__lte=480),
                name="support_delivery_minutes",
            ),
        ]

    def __str__(self) -> str:
        return f"delivery {self.pk} of support {self.support_id}"


class DeliveryNote(models.Model):
    """How a session went, written for those who give support. It stands apart because no family reads it."""

    delivery = models.OneToOneField(Delivery, on_delete=models.PROTECT, related_name="note")
    text = models.TextField()
    written_by = models.ForeignKey("roster.StaffMember", on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    class Meta:
        ordering = ["written_at", "id"]

    def __str__(self) -> str:
        return f"note on delivery {self.delivery_id}"
