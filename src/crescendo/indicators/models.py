from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class MeasurementRun(models.Model):
    """One pass of snapshot, evaluate, publish for one school year. At most one per year is the current one.

    `compared_with` is the year before as it stood on the same day: measured for this comparison, never current.
    """

    class Kind(models.TextChoices):
        YEAR = "year", "a school year so far"
        SAME_TIME = "same_time", "the year before, to the same day"

    class State(models.TextChoices):
        RUNNING = "running"
        PUBLISHED = "published"
        FAILED = "failed"
        INTERRUPTED = "interrupted", "stopped half-way"

    kind = models.CharField(max_length=20, choices=Kind, default=Kind.YEAR)
    school_year = models.SmallIntegerField()
    compared_with = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    as_of = models.DateField(help_text="The last day whose facts count.")
    state = models.CharField(max_length=20, choices=State, default=State.RUNNING)
    is_current = models.BooleanField(default=False)
    snapshot_id = models.CharField(max_length=64, blank=True)
    library_version = models.CharField(max_length=40, blank=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    results_dropped_at = models.DateTimeField(
        null=True, help_text="Since when only this row is left of the run."
    )
    counts = models.JSONField(default=dict, help_text="Rows per result table and dataset.")
    timings = models.JSONField(default=dict, help_text="CPU and wall seconds per phase.")
    problem = models.CharField(
        max_length=200, blank=True, help_text="The kind of error; never a person's data."
    )
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["school_year"],
                condition=Q(is_current=True),
                name="indicators_one_current_run_per_year",
            ),
            models.CheckConstraint(
                condition=Q(is_current=False) | Q(state="published"),
                name="indicators_current_run_is_published",
            ),
        ]

    def __str__(self) -> str:
        return f"run {self.pk} of {self.school_year}"


class SnapshotPart(models.Model):
    """The Parquet file that holds one dataset (of one school year) as it was when `version` was its version.

    Kept in the database, not beside the files: after a restore from backup the versions fit the facts again.
    """

    dataset = models.CharField(max_length=60)
    school_year = models.SmallIntegerField(help_text="0: the dataset is kept whole.")
    version = models.CharField(
        max_length=200, help_text="Counters of the changes to the tables it was read from."
    )
    content_hash = models.CharField(max_length=64, help_text="SHA-256 of the file, and its name.")
    rows = models.BigIntegerField()

    class Meta:
        ordering = ["dataset", "school_year"]
        constraints = [
            models.UniqueConstraint(fields=["dataset", "school_year"], name="indicators_snapshotpart_once"),
        ]

    def __str__(self) -> str:
        return f"{self.dataset} {self.school_year}"


class CountingRules(models.Model):
    """Which counting rules this site measures an indicator by. The first in order is the one shown first."""

    indicator = models.CharField(
        max_length=60, blank=True, help_text="Empty: every indicator without its own row."
    )
    rule_pack = models.CharField(max_length=60)
    position = models.SmallIntegerField(default=0)

    class Meta:
        ordering = ["indicator", "position", "rule_pack"]
        verbose_name_plural = "counting rules"
        constraints = [
            models.UniqueConstraint(fields=["indicator", "rule_pack"], name="indicators_countingrules_once"),
        ]

    def __str__(self) -> str:
        return f"{self.indicator or 'every indicator'} by {self.rule_pack}"


class FactChange(models.Model):
    """That a table's rows of one school year changed `changes` times. Written by triggers, only ever added up.

    One row per change instead of one counter per table, so that two people who record at once do not wait for
    each other. The sum over a table and year is its version; a measurement folds many rows into one.
    """

    table = models.CharField(max_length=63)
    school_year = models.SmallIntegerField(help_text="0: the table has no school year, or was emptied.")
    changes = models.BigIntegerField(default=1)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["table", "school_year"])]

    def __str__(self) -> str:
        return f"{self.table} {self.school_year}"


class LiveChange(models.Model):
    """Somebody wrote a few facts of one school. Written with the facts; goes when a run that contains it is published.

    Until then each new run counts it again, because that run's snapshot may have been taken before. Counting twice
    does no harm: a school is measured again from its facts, whatever was measured before.
    """

    school_year = models.SmallIntegerField()
    school_id = models.BigIntegerField()
    tables = ArrayField(
        models.CharField(max_length=60),
        help_text="The measure library's names of the tables whose facts changed.",
    )
    counted_in = models.BigIntegerField(
        null=True, help_text="The run whose numbers contain it by now; empty: none."
    )

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["school_year"], name="indicators_livechange_year")]

    def __str__(self) -> str:
        return f"change {self.pk} at {self.school_id}"


class LiveBase(models.Model):
    """What the current run's roll-ups are added up from, block by block, and what its students are compared with."""

    class Kind(models.TextChoices):
        PARTS = "parts"
        REFERENCE = "reference"

    run_id = models.BigIntegerField()
    kind = models.CharField(max_length=20, choices=Kind)
    name = models.TextField(help_text="The block (its schools' ids), or the reference table's name.")
    content = models.BinaryField(help_text="An Arrow stream.")

    class Meta:
        ordering = ["run_id", "kind", "name"]
        constraints = [
            models.UniqueConstraint(fields=["run_id", "kind", "name"], name="indicators_livebase_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.name} of run {self.run_id}"


class Result(models.Model):
    """A published number. Its run says from which snapshot; `rule_pack` says by which counting rules.

    Partitioned by run in migration SQL, so that a run's results appear and disappear as one.
    `value` is empty when the number could not be computed; `reason` then says why.
    """

    pk = models.CompositePrimaryKey("run_id", "id")
    run_id = models.BigIntegerField()
    id = models.BigIntegerField()
    indicator = models.CharField(max_length=60)
    rule_pack = models.CharField(max_length=60)

    class Meta:
        abstract = True


class StudentValue(Result):
    """One student's number: over all their schools (`is_whole`), at one school, or both at once.

    A student of one school has one row, with the school. A student of two has three: the whole without a school,
    and one for each.
    """

    student_id = models.BigIntegerField()
    school_id = models.BigIntegerField(null=True)
    is_whole = models.BooleanField(help_text="Over all of the student's schools.")
    numerator = models.FloatField(null=True)
    denominator = models.FloatField(null=True)
    value = models.FloatField(null=True)
    flag = models.BooleanField(null=True)
    status = models.CharField(max_length=20)
    reason = models.CharField(max_length=60, null=True)  # noqa: DJ001  (as the measure library gives it)

    class Meta:
        db_table = "indicators_studentvalue"

    def __str__(self) -> str:
        return f"{self.indicator} of student {self.student_id}"


class GroupValue(Result):
    """The number of an organisation's students, or of those with one value of one characteristic."""

    organisation_id = models.BigIntegerField()
    characteristic = models.CharField(max_length=60, blank=True)
    group_value = models.CharField(max_length=80, blank=True)
    numerator = models.FloatField(null=True)
    denominator = models.FloatField(null=True)
    n_students = models.BigIntegerField(null=True)
    n_flagged = models.BigIntegerField(null=True)
    n_not_evaluated = models.BigIntegerField(null=True)
    mean_of_students = models.FloatField(null=True)
    average_daily_membership = models.FloatField(null=True)
    value = models.FloatField(null=True)
    lower = models.FloatField(null=True)
    upper = models.FloatField(null=True)
    status = models.CharField(max_length=20)
    reason = models.CharField(max_length=60, null=True)  # noqa: DJ001
    is_suppressed = models.BooleanField(
        default=True, help_text="Hidden from whoever may not see the students behind it."
    )
    shown = models.CharField(  # noqa: DJ001
        max_length=20, null=True, help_text="A range, where the exact share is hidden."
    )

    class Meta:
        db_table = "indicators_groupvalue"

    def __str__(self) -> str:
        return f"{self.indicator} of organisation {self.organisation_id}"


class Series(Result):
    """How an organisation's number went, period by period: four arrays of equal length."""

    organisation_id = models.BigIntegerField()
    period = models.CharField(max_length=20)
    begins_on = ArrayField(models.DateField())
    numerator = ArrayField(models.FloatField(null=True))
    denominator = ArrayField(models.FloatField(null=True))
    value = ArrayField(models.FloatField(null=True))

    class Meta:
        db_table = "indicators_series"
        verbose_name_plural = "series"

    def __str__(self) -> str:
        return f"{self.indicator} of organisation {self.organisation_id} by {self.period}"


class Target(models.Model):
    """What an organisation wants one indicator to reach in one school year."""

    class Direction(models.TextChoices):
        AT_LEAST = "at_least", "at least"
        AT_MOST = "at_most", "at most"

    indicator = models.CharField(max_length=60)
    organisation = models.ForeignKey("roster.Organisation", on_delete=models.PROTECT, related_name="targets")
    school_year = models.SmallIntegerField()
    value = models.FloatField()
    direction = models.CharField(max_length=20, choices=Direction)

    class Meta:
        ordering = ["organisation", "school_year", "indicator"]
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "organisation", "school_year"], name="indicators_target_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.direction} {self.value}"
