from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from .base import Imported, NamedPerson
from .organisations import Calendar, Organisation


class Student(NamedPerson):
    """A student. Row-level security hides the row from whoever has no reason to see it."""

    born_on = models.DateField(null=True, blank=True)
    sex = models.CharField(max_length=20, blank=True, help_text="As the source recorded it.")
    address = models.TextField(blank=True)
    address_is_confidential = models.BooleanField(default=False)
    cohort_year = models.SmallIntegerField(null=True, blank=True, help_text="Expected year of graduation.")
    erased_at = models.DateTimeField(
        null=True, blank=True, help_text="Pseudonymised: the person is gone, the counts stay."
    )

    class Meta:
        ordering = ["sort_key", "id"]


class Enrolment(Imported):
    """A student's dates at a school: both days are membership days. Primary enrolments never overlap."""

    student = models.ForeignKey(Student, on_delete=models.PROTECT, related_name="enrolments")
    school = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="enrolments")
    calendar = models.ForeignKey(Calendar, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    school_year = models.SmallIntegerField()
    grade_level = models.CharField(
        max_length=10, blank=True, help_text="CEDS grade level, or the source's own code."
    )
    entry_on = models.DateField()
    exit_on = models.DateField(
        null=True, blank=True, help_text="Last day of membership; empty while enrolled."
    )
    exit_reason = models.CharField(max_length=60, blank=True)
    is_primary = models.BooleanField(default=True)
    membership_share = models.FloatField(
        default=1.0, help_text="Share of a full membership, above 0, at most 1."
    )

    class Meta:
        ordering = ["student", "entry_on", "id"]
        indexes = [models.Index(fields=["school", "entry_on"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(exit_on__isnull=True) | Q(exit_on__gte=F("entry_on")),
                name="roster_enrolment_exit_after_entry",
            ),
            models.CheckConstraint(
                condition=Q(membership_share__gt=0, membership_share__lte=1),
                name="roster_enrolment_share_in_range",
            ),
            ExclusionConstraint(
                name="roster_enrolment_primary_no_overlap",
                expressions=[
                    (
                        Func(F("student_id"), F("student_id"), Value("[]"), function="int8range"),
                        RangeOperators.EQUAL,
                    ),
                    (
                        Func(
                            F("entry_on"),
                            F("exit_on"),
                            Value("[]"),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(is_primary=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.student_id} at {self.school_id} from {self.entry_on}"


class Characteristic(models.Model):
    """A way to describe students that a site has chosen to keep: sex, race and ethnicity, language, programme."""

    code = models.CharField(max_length=60, primary_key=True)
    title = models.CharField(max_length=120)
    is_sensitive = models.BooleanField(default=True)
    is_reported = models.BooleanField(default=True, help_text="Results are cut by it.")

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code


class StudentCharacteristic(models.Model):
    """One value of one characteristic for one student, between two days."""

    student = models.ForeignKey(Student, on_delete=models.PROTECT, related_name="characteristics")
    characteristic = models.ForeignKey(Characteristic, on_delete=models.PROTECT, related_name="+")
    value = models.CharField(max_length=80)
    begins_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ["student", "characteristic", "value"]
        constraints = [
            models.UniqueConstraint(
                fields=["student", "characteristic", "value"], name="roster_studentcharacteristic_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.student_id} {self.characteristic_id}"
