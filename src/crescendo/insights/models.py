"""What was computed over students for a measurement run and belongs to nobody alone."""

from django.db import models


class Association(models.Model):
    """How closely one measure and the scores of one subject go together over an organisation's students.

    Replaced as a whole after each measurement of a school year. Pairs are chosen in advance (`rules.DRIVERS`), and each
    has its row, also where nothing can be said: `reason` then says why.
    """

    run_id = models.BigIntegerField()
    school_year = models.SmallIntegerField()
    as_of = models.DateField()
    organisation = models.ForeignKey("roster.Organisation", on_delete=models.CASCADE, related_name="+")
    driver = models.CharField(
        max_length=60, help_text="The code of the measure that stands beside the scores."
    )
    subject = models.CharField(max_length=80)
    family = models.CharField(max_length=120, blank=True, help_text="Which kind of test the scores are from.")
    n_enrolled = models.IntegerField()
    n_without_driver = models.IntegerField()
    n_without_score = models.IntegerField()
    n = models.IntegerField(help_text="Students with both.")
    groups = models.IntegerField(help_text="Tests within schools; each student is compared within one.")
    r = models.FloatField(null=True)
    r_lower = models.FloatField(null=True)
    r_upper = models.FloatField(null=True)
    rho = models.FloatField(null=True)
    rho_lower = models.FloatField(null=True)
    rho_upper = models.FloatField(null=True)
    quarter = models.FloatField(null=True, help_text="A quarter of the students have less of the measure.")
    three_quarters = models.FloatField(null=True, help_text="A quarter of the students have more.")
    bins = models.JSONField(
        default=list, help_text="Students by the measure, lowest first, ten or more in each."
    )
    reason = models.CharField(max_length=30, blank=True)
    differs_by_few = models.BooleanField(
        default=False,
        help_text="Over nearly the same students as a pair before it: its numbers are for who may see the students.",
    )

    class Meta:
        ordering = ["organisation", "subject", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["school_year", "organisation", "driver", "subject"], name="insights_association_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.driver} and {self.subject} at {self.organisation_id}"
