from django.db import models

from crescendo.roster.models.base import Imported


class Assessment(Imported):
    """A test that is given to many students: one subject, one scale, one version."""

    code = models.CharField(max_length=120, unique=True)
    title = models.CharField(max_length=255)
    subject = models.CharField(max_length=80, blank=True)
    family = models.CharField(max_length=120, blank=True, help_text="State summative, universal screener ...")
    is_accountability = models.BooleanField(
        default=False, help_text="Counts for participation and proficiency."
    )
    scale_min = models.FloatField(null=True, blank=True)
    scale_max = models.FloatField(null=True, blank=True)
    benchmark = models.FloatField(null=True, blank=True, help_text="A score below it is at risk.")

    class Meta:
        ordering = ["title", "id"]

    def __str__(self) -> str:
        return self.code


class AssessmentLevel(models.Model):
    """A performance level: the scores from `lower` (included) up to the next level's."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="levels")
    grade_level = models.CharField(max_length=10, blank=True, help_text="Empty: every grade.")
    sequence = models.SmallIntegerField()
    title = models.CharField(max_length=80)
    lower = models.FloatField(null=True, blank=True)
    is_proficient = models.BooleanField(default=False)

    class Meta:
        ordering = ["assessment", "grade_level", "sequence"]
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "grade_level", "sequence"], name="records_level_once"
            ),
        ]

    def __str__(self) -> str:
        return self.title
