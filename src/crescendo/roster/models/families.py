from django.db import models
from django.db.models import F, Q

from .base import Imported, NamedPerson
from .students import Student


class FamilyMember(NamedPerson):
    """A parent, guardian or other adult of a family."""

    speaks = models.CharField(max_length=10, blank=True, help_text="Language to write in.")

    class Meta:
        ordering = ["sort_key", "id"]


class FamilyLink(Imported):
    """That an adult belongs to a child's family. What the adult may do is a right of its own."""

    student = models.ForeignKey(Student, on_delete=models.PROTECT, related_name="family_links")
    family_member = models.ForeignKey(FamilyMember, on_delete=models.PROTECT, related_name="family_links")
    relationship = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["student", "family_member"]
        constraints = [
            models.UniqueConstraint(fields=["student", "family_member"], name="roster_familylink_once"),
        ]

    def __str__(self) -> str:
        return f"{self.family_member_id} of {self.student_id}"


class FamilyRight(models.Model):
    """What one adult may do about one child between two days (both included).

    Barred wins over every other right, whoever set it and whenever. Without a row an adult may do nothing.
    """

    class Level(models.TextChoices):
        SEE_AND_MESSAGE = "see_and_message", "may see the record and write to the school"
        SEE = "see", "may see the record"
        MESSAGE = "message", "may write to the school, without the record"
        NONE = "none", "may not see or write"
        BARRED = "barred", "barred by a court or by law"

    student = models.ForeignKey(Student, on_delete=models.PROTECT, related_name="family_rights")
    family_member = models.ForeignKey(FamilyMember, on_delete=models.PROTECT, related_name="rights")
    level = models.CharField(max_length=20, choices=Level)
    begins_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    basis = models.CharField(
        max_length=200, blank=True, help_text="Court order, law, the school's own record."
    )
    outlasts_majority = models.BooleanField(
        default=False, help_text="The student agreed, or the law says so."
    )
    set_by_person = models.BooleanField(default=False, help_text="Set by hand: imports may not change it.")

    class Meta:
        ordering = ["student", "family_member", "begins_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("begins_on")),
                name="roster_familyright_end_after_begin",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.family_member_id} {self.level} {self.student_id}"
