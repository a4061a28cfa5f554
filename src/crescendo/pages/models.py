from django.db import models


class DemoBuild(models.Model):
    """The one row of a database that the demo builder made. Without `finished_at` the build was interrupted."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    version = models.SmallIntegerField()
    students = models.IntegerField()
    seed = models.IntegerField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="pages_demobuild_is_one_row")]

    def __str__(self) -> str:
        return f"demo of {self.students} students, seed {self.seed}"
