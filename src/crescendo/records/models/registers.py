from django.contrib.postgres.fields import ArrayField
from django.db import models

from crescendo.roster.models import SchoolClass


class Register(models.Model):
    """That somebody took a class's attendance on one day, and of whom. What they marked are attendance events.

    A school's day counts when every student who belongs to the school that day stands in a register or has a mark:
    a day of which we know half is not known (docs/adr/0006).
    """

    school_class = models.ForeignKey(SchoolClass, on_delete=models.PROTECT, related_name="registers")
    school_id = models.BigIntegerField()
    school_year = models.SmallIntegerField()
    on = models.DateField()
    student_ids = ArrayField(models.BigIntegerField(), help_text="Who was called, present or not.")
    taken_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField(help_text="The last time it was taken or changed.")

    class Meta:
        ordering = ["on", "school_class"]
        constraints = [
            models.UniqueConstraint(fields=["school_class", "on"], name="records_register_once"),
        ]
        indexes = [models.Index(fields=["school_id", "on"])]

    def __str__(self) -> str:
        return f"register of {self.school_class_id} on {self.on}"
