from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


class Client(models.Model):
    """Another system that may come in. Only a digest of its secret is kept; the secret itself is shown once.

    It acts for the person who made it: it can do no more than that person may, at one organisation and below, and
    nothing once they hold no such post.
    """

    client_id = models.CharField(max_length=40, unique=True)
    digest = models.CharField(max_length=64)
    title = models.CharField(max_length=120)
    source = models.SlugField(max_length=60, help_text="The system whose ids it uses, as imports name it.")
    scopes = ArrayField(models.CharField(max_length=60))
    organisation = models.ForeignKey("roster.Organisation", on_delete=models.PROTECT, related_name="+")
    per_minute = models.PositiveIntegerField(
        default=1200, help_text="Requests a minute, in each web process."
    )
    made_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["title", "id"]

    def __str__(self) -> str:
        return f"client {self.pk} of {self.source}"


class AccessToken(models.Model):
    """What a client shows for an hour after it has shown its secret. Only a digest is kept."""

    digest = models.CharField(max_length=64, unique=True)
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="tokens")
    scopes = ArrayField(models.CharField(max_length=60))
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"token {self.pk}"


class Batch(models.Model):
    """Marks that a system sent at once: kept as they came until they are worked off, then their answers alone."""

    class State(models.TextChoices):
        ACCEPTED = "accepted", _("accepted")
        DONE = "done", _("worked off")
        FAILED = "failed", _("could not be worked off")

    number = models.UUIDField(unique=True, help_text="What the sender asks by: not to be guessed.")
    sender = models.CharField(max_length=40, help_text="client:3 or key:2")
    source = models.CharField(max_length=60)
    scopes = ArrayField(models.CharField(max_length=60))
    organisation = models.ForeignKey(
        "roster.Organisation", on_delete=models.PROTECT, null=True, related_name="+"
    )
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    idempotency_key = models.CharField(max_length=255)
    digest = models.CharField(
        max_length=64, help_text="Of the body: the same key with another body is refused."
    )
    accepted_at = models.DateTimeField()
    received = models.PositiveIntegerField()
    body = models.BinaryField(null=True, help_text="As it came; emptied when it is worked off.")
    state = models.CharField(max_length=10, choices=State, default=State.ACCEPTED)
    attempts = models.PositiveSmallIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict, help_text="recorded, unchanged, refused ...")
    findings = models.JSONField(default=list, help_text="[row, key, status, problem] of marks not written.")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["sender", "idempotency_key"], name="api_batch_once"),
        ]
        indexes = [
            models.Index(fields=["id"], name="api_batch_waiting", condition=models.Q(state="accepted")),
            models.Index(fields=["accepted_at"]),
        ]

    def __str__(self) -> str:
        return f"batch {self.pk} {self.state}"
