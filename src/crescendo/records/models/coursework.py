from django.db import models

from crescendo.roster.models import AcademicSession, SchoolClass
from crescendo.roster.models.base import Imported


class CourseworkCategory(Imported):
    """A kind of coursework: homework, quiz, project."""

    title = models.CharField(max_length=255)
    weight = models.FloatField(null=True, blank=True)

    class Meta:
        ordering = ["title", "id"]

    def __str__(self) -> str:
        return self.title


class CourseworkItem(Imported):
    """A piece of work set to a class (OneRoster: line item)."""

    school_class = models.ForeignKey(SchoolClass, on_delete=models.PROTECT, related_name="coursework_items")
    category = models.ForeignKey(
        CourseworkCategory, on_delete=models.PROTECT, null=True, related_name="items"
    )
    session = models.ForeignKey(AcademicSession, on_delete=models.PROTECT, null=True, related_name="+")
    title = models.CharField(max_length=255)
    description = models.TextField(blank=True)
    assigned_on = models.DateField()
    due_on = models.DateField()
    score_min = models.FloatField(null=True, blank=True)
    score_max = models.FloatField(null=True, blank=True)

    class Meta:
        ordering = ["due_on", "id"]

    def __str__(self) -> str:
        return self.title
