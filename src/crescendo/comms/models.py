from django.db import models
from django.db.models import Q


class OutboxEntry(models.Model):
    """Something happened that people should know. Ids only: the words are made when somebody reads them."""

    kind = models.CharField(max_length=60, help_text="app.event, registered by the app")
    audience = models.CharField(
        max_length=60, help_text="Who should know, registered by an app; 'users' names them."
    )
    audience_arguments = models.JSONField(default=dict, blank=True)
    object_type = models.CharField(
        max_length=60, blank=True, help_text="What it is about; blank: about nobody."
    )
    object_id = models.BigIntegerField(null=True, blank=True)
    data = models.JSONField(default=dict, blank=True, help_text="Ids and counts that the words need.")
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField()
    addressed_at = models.DateTimeField(
        null=True, blank=True, help_text="When the audience became deliveries."
    )

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(
                fields=["id"], condition=Q(addressed_at__isnull=True), name="comms_outboxentry_to_address"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Delivery(models.Model):
    """One outbox entry on its way to one person by one channel. Unique, so that a second run cannot double it."""

    class Channel(models.TextChoices):
        INBOX = "inbox"
        EMAIL = "email"

    class State(models.TextChoices):
        WAITING = "waiting"
        DELIVERED = "delivered"
        WITHHELD = "withheld"
        FAILED = "failed"

    entry = models.ForeignKey(OutboxEntry, on_delete=models.PROTECT, related_name="deliveries")
    recipient = models.ForeignKey(
        "accounts.User",
        on_delete=models.PROTECT,
        null=True,
        related_name="deliveries",
        help_text="Empty: a letter to somebody who may have no sign-in.",
    )
    channel = models.CharField(max_length=10, choices=Channel)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    language = models.CharField(max_length=10, blank=True, help_text="The language it was sent in.")
    attempts = models.SmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(
        max_length=200, blank=True, help_text="Why it was withheld or failed; no personal data."
    )

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["entry", "recipient", "channel"], name="comms_delivery_once"),
        ]
        indexes = [
            models.Index(
                fields=["recipient", "-id"], condition=Q(channel="inbox"), name="comms_delivery_inbox"
            ),
            models.Index(fields=["id"], condition=Q(state="waiting"), name="comms_delivery_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} to {self.recipient_id} by {self.channel}"
