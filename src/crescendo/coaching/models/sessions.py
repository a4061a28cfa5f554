from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crescendo.roster.models import StaffMember

from .agreements import Agreement, Cycle


class Stage(models.TextChoices):
    GOAL = "goal", _("Setting the goal")
    OBSERVE = "observe", _("Looking at a lesson")
    DEBRIEF = "debrief", _("Talking about a lesson")
    MODEL = "model", _("Showing how")
    CO_PLAN = "co_plan", _("Planning together")


class Session(models.Model):
    """One meeting of the two. Planned, then held or called off. Agenda, questions and notes belong to both.

    `version` counts the changes: whoever saves over a change they have not seen is told, and nothing is lost.
    """

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="sessions")
    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, null=True, blank=True, related_name="sessions")
    kind = models.CharField(max_length=10, choices=Stage, default=Stage.DEBRIEF)
    planned_on = models.DateField()
    held_on = models.DateField(null=True, blank=True)
    called_off_on = models.DateField(null=True, blank=True)
    agenda = models.TextField(blank=True)
    questions = ArrayField(models.CharField(max_length=400), default=list, blank=True)
    shared_notes = models.TextField(blank=True)
    version = models.IntegerField(default=1)
    changed_by = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["-planned_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(held_on__isnull=True) | Q(called_off_on__isnull=True),
                name="coaching_session_held_or_called_off",
            ),
        ]
        indexes = [models.Index(fields=["agreement", "held_on"])]

    def __str__(self) -> str:
        return f"session {self.pk}"

    @property
    def is_planned(self) -> bool:
        return self.held_on is None and self.called_off_on is None

    @property
    def day(self) -> object:
        """Where it stands in time."""
        return self.held_on or self.called_off_on or self.planned_on


class PrivateNote(models.Model):
    """What one of the two noted about a session for themselves (V0). The other does not read it either."""

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="private_notes")
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["session", "author"]
        constraints = [
            models.UniqueConstraint(fields=["session", "author"], name="coaching_privatenote_one_each")
        ]

    def __str__(self) -> str:
        return f"private note {self.pk}"


class ActionStep(models.Model):
    """One small thing the coachee tries next, that somebody could see. An agreement has one live step at most."""

    class State(models.TextChoices):
        LIVE = "live", _("being tried")
        DONE = "done", _("done")
        DROPPED = "dropped", _("let go")

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="steps")
    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, null=True, blank=True, related_name="steps")
    what = models.CharField(max_length=200)
    due_on = models.DateField()
    state = models.CharField(max_length=10, choices=State, default=State.LIVE)
    practised_on = models.DateField(null=True, blank=True)
    seen_on = models.DateField(null=True, blank=True, help_text="When the coach saw it in a lesson.")
    set_by = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+")
    set_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["-set_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["agreement"], condition=Q(state="live"), name="coaching_actionstep_one_live"
            ),
            models.CheckConstraint(
                condition=Q(state="live", ended_on__isnull=True)
                | (~Q(state="live") & Q(ended_on__isnull=False)),
                name="coaching_actionstep_over_has_an_end",
            ),
            models.CheckConstraint(condition=~Q(what=""), name="coaching_actionstep_says_what"),
        ]

    def __str__(self) -> str:
        return f"step {self.pk}"


class Feedback(models.Model):
    """What was seen, what it led to, and only then a question or a suggestion. No evidence, no feedback."""

    class Offer(models.TextChoices):
        QUESTION = "question", _("a question")
        SUGGESTION = "suggestion", _("a suggestion")

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="feedback")
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="feedback")
    by = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+")
    observation = models.TextField()
    effect = models.TextField()
    offer_kind = models.CharField(max_length=10, choices=Offer, default=Offer.QUESTION)
    offer = models.TextField()
    given_at = models.DateTimeField()

    class Meta:
        ordering = ["given_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(observation__regex=r"^\s*$")
                & ~Q(effect__regex=r"^\s*$")
                & ~Q(offer__regex=r"^\s*$"),
                name="coaching_feedback_evidence_first",
            ),
        ]

    def __str__(self) -> str:
        return f"feedback {self.pk}"
