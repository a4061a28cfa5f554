from django.db import models


class ExternalId(models.Model):
    """What another system calls one of our rows. Always text: leading zeros are part of an id."""

    source = models.CharField(max_length=60)
    entity = models.CharField(
        max_length=40,
        help_text="org, session, course, class, student, staff, family, enrollment, category, line_item ...",
    )
    external_id = models.CharField(max_length=255)
    object_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "entity", "external_id"], name="roster_externalid_once"
            ),
        ]
        indexes = [models.Index(fields=["entity", "object_id"])]

    def __str__(self) -> str:
        return f"{self.source}/{self.entity}/{self.external_id}"


class ErasedId(models.Model):
    """The digest of an erased person's external id: an import that brings the id again is recognised and set aside."""

    digest = models.CharField(max_length=64, primary_key=True)
    erased_at = models.DateTimeField()

    class Meta:
        ordering = ["erased_at", "digest"]

    def __str__(self) -> str:
        return self.digest[:8]
