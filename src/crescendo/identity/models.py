from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from crescendo.roster.models import Student


class Proposal(models.Model):
    """Two students who may be one person: how likely, and why. `first` is the older record of the two."""

    class State(models.TextChoices):
        OPEN = "open", _("to be looked at")
        ASKED = "asked", _("being merged")
        MERGED = "merged", _("one person")
        DISMISSED = "dismissed", _("two people")

    first = models.ForeignKey(Student, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Student, on_delete=models.CASCADE, related_name="+")
    probability = models.FloatField(
        help_text="That the two are one person, 0 to 1, by the published weights."
    )
    reasons = models.JSONField(help_text="Codes of what was compared, with their weights.")
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    found_at = models.DateTimeField()
    decided_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-probability", "id"]
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="identity_proposal_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="identity_proposal_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.first_id}/{self.second_id} {self.state}"


class Merge(models.Model):
    """One student's records joined to another's, by a person, for a reason; and the split that took it back."""

    class State(models.TextChoices):
        ASKED = "asked", _("being merged")
        DONE = "done", _("merged")
        SPLIT_ASKED = "split_asked", _("being split")
        SPLIT = "split", _("split again")
        REFUSED = "refused", _("not done")

    WORKING = (State.ASKED, State.SPLIT_ASKED)

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="merges")
    kept = models.ForeignKey(Student, on_delete=models.CASCADE, related_name="+")
    merged = models.ForeignKey(Student, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=12, choices=State, default=State.ASKED)
    reason = models.CharField(max_length=300)
    message = models.CharField(max_length=200, blank=True, help_text="Why it was not done, without names.")
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    split_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    split_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.merged_id} into {self.kept_id} {self.state}"


class Change(models.Model):
    """A row that a merge touched, as it was."""

    merge = models.ForeignKey(Merge, on_delete=models.CASCADE, related_name="changes")
    table = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    school_year = models.SmallIntegerField(null=True, help_text="Of facts, whose key it is part of.")
    before = models.JSONField()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["merge", "table"])]

    def __str__(self) -> str:
        return f"{self.table} {self.object_id}"
