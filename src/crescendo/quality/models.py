from django.db import models

from crescendo.roster.models import Organisation


class Check(models.Model):
    """What one rule found at one school in one feed, the last time it looked. Without a school: of the whole feed.

    `checked` is how many things there were to look at: with none there is nothing to say, which is not the same as good.
    """

    rule = models.CharField(max_length=60)
    school = models.ForeignKey(Organisation, on_delete=models.CASCADE, null=True, related_name="+")
    feed = models.CharField(max_length=60, blank=True, help_text="Slug of the source; blank: not known.")
    checked = models.BigIntegerField()
    failing = models.BigIntegerField()
    first_on = models.DateField(null=True, help_text="The earliest day that fails.")
    last_on = models.DateField(null=True, help_text="The latest day that fails.")
    last_good_on = models.DateField(null=True, help_text="The latest day that passes.")
    found_at = models.DateTimeField(null=True, help_text="Since when this problem is known; empty: none.")
    closed_at = models.DateTimeField(null=True, help_text="When the last problem was seen to be over.")
    looked_at = models.DateTimeField()

    class Meta:
        ordering = ["rule", "school_id", "feed"]
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "school", "feed"], nulls_distinct=False, name="quality_check_once"
            ),
        ]
        indexes = [models.Index(fields=["school", "rule"])]

    def __str__(self) -> str:
        return f"{self.rule} at {self.school_id} in {self.feed}: {self.failing}/{self.checked}"

    @property
    def is_open(self) -> bool:
        return self.failing > 0


class CheckDay(models.Model):
    """How a check stood on one day: the history of a school's data."""

    check_of = models.ForeignKey(Check, on_delete=models.CASCADE, related_name="days")
    on = models.DateField()
    checked = models.BigIntegerField()
    failing = models.BigIntegerField()

    class Meta:
        ordering = ["check_of_id", "on"]
        constraints = [models.UniqueConstraint(fields=["check_of", "on"], name="quality_checkday_once")]

    def __str__(self) -> str:
        return f"{self.check_of_id} on {self.on}: {self.failing}/{self.checked}"


class FoundRow(models.Model):
    """One thing that fails a rule: ids, a day and a masked value. Row-level security hides it with its student."""

    check_of = models.ForeignKey(Check, on_delete=models.CASCADE, related_name="rows")
    student_id = models.BigIntegerField(null=True)
    object_id = models.BigIntegerField(null=True)
    on = models.DateField(null=True)
    detail = models.CharField(max_length=80, blank=True, help_text="What we hold; masked unless a code.")

    class Meta:
        ordering = ["check_of_id", "-on", "id"]
        indexes = [models.Index(fields=["student_id"])]

    def __str__(self) -> str:
        return f"{self.check_of_id} {self.student_id}/{self.object_id}"


class Assignment(models.Model):
    """Who looks after a problem (empty: nobody any more), and who said so."""

    check_of = models.OneToOneField(Check, on_delete=models.CASCADE, related_name="assignment")
    to = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "id"]

    def __str__(self) -> str:
        return f"{self.check_of_id} to {self.to_id}"


class Arrival(models.Model):
    """Up to which day one kind of fact has come from one feed at one school: how fresh it is."""

    school = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    feed = models.CharField(max_length=60)
    table = models.CharField(max_length=60)
    last_on = models.DateField()

    class Meta:
        ordering = ["school_id", "table", "feed"]
        constraints = [
            models.UniqueConstraint(fields=["school", "table", "feed"], name="quality_arrival_once"),
        ]

    def __str__(self) -> str:
        return f"{self.table} of {self.school_id} from {self.feed} up to {self.last_on}"
