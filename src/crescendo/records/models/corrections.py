from django.db import models


class Correction(models.Model):
    """That somebody corrected a fact: what it said before, what it says now, who, when and why.

    The fact holds the corrected value; this row keeps the history, and tells imports to leave the fact alone.
    """

    fact = models.CharField(max_length=40, help_text="The fact's model, such as attendanceevent.")
    school_year = models.SmallIntegerField()
    fact_id = models.BigIntegerField()
    student_id = models.BigIntegerField()
    before = models.JSONField()
    after = models.JSONField()
    reason = models.CharField(max_length=200)
    at = models.DateTimeField()
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["at", "id"]
        indexes = [
            models.Index(fields=["fact", "school_year", "fact_id"]),
            models.Index(fields=["student_id"]),
        ]

    def __str__(self) -> str:
        return f"{self.fact} {self.school_year}/{self.fact_id}"
