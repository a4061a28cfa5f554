from django.contrib.postgres.fields import ArrayField
from django.db import models

from .base import Imported, NamedPerson
from .organisations import Organisation


class StaffMember(NamedPerson):
    """Somebody who works for, or governs, an organisation."""

    class Meta:
        ordering = ["sort_key", "id"]


class Post(Imported):
    """A role that a member of staff holds at an organisation, between two days (both included)."""

    staff = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="posts")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="posts")
    role = models.ForeignKey("accounts.Role", on_delete=models.PROTECT, related_name="posts")
    title = models.CharField(max_length=120, blank=True)
    begins_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    owned_fields = ArrayField(
        models.CharField(max_length=60),
        default=list,
        blank=True,
        help_text="Columns that somebody decided here: imports leave them alone.",
    )

    class Meta:
        ordering = ["staff", "begins_on", "id"]
        indexes = [models.Index(fields=["organisation", "role"])]

    def __str__(self) -> str:
        return f"{self.staff_id} {self.role_id} at {self.organisation_id}"
