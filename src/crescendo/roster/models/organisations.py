from django.db import models

from .base import Imported


class Organisation(Imported):
    """A state, district, school or department. A tree: each has at most one parent."""

    class Kind(models.TextChoices):
        NATIONAL = "national"
        STATE = "state"
        LOCAL = "local"
        DISTRICT = "district"
        SCHOOL = "school"
        DEPARTMENT = "department"
        OTHER = "other"

    kind = models.CharField(max_length=20, choices=Kind)
    name = models.CharField(max_length=255)
    identifier = models.CharField(
        max_length=255, blank=True, help_text="The number people know it by: NCES id, URN."
    )
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(parent=models.F("id")), name="roster_organisation_not_own_parent"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class AcademicSession(Imported):
    """A school year, semester, term or grading period. Both days belong to it."""

    class Kind(models.TextChoices):
        SCHOOL_YEAR = "schoolYear"
        SEMESTER = "semester"
        TERM = "term"
        GRADING_PERIOD = "gradingPeriod"
        OTHER = "other"

    kind = models.CharField(max_length=20, choices=Kind)
    title = models.CharField(max_length=255)
    begins_on = models.DateField()
    ends_on = models.DateField()
    school_year = models.SmallIntegerField(help_text="The year in which the school year ends.")
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )

    class Meta:
        ordering = ["begins_on", "-ends_on", "id"]
        indexes = [models.Index(fields=["school_year", "kind"])]

    def __str__(self) -> str:
        return self.title


class Calendar(Imported):
    """The instructional days of one school (or of part of it) in one school year."""

    school = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="calendars")
    school_year = models.SmallIntegerField()
    code = models.CharField(max_length=60, default="default")

    class Meta:
        ordering = ["school", "school_year", "code"]
        constraints = [
            models.UniqueConstraint(fields=["school", "school_year", "code"], name="roster_calendar_once"),
        ]

    def __str__(self) -> str:
        return f"{self.school_id} {self.school_year} {self.code}"


class CalendarDay(models.Model):
    """A day in a calendar. A day that is not listed is not instructional."""

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="days")
    on = models.DateField()
    is_instructional = models.BooleanField(default=True)
    kind = models.CharField(max_length=60, blank=True, help_text="Holiday, weather day, teacher-only day ...")

    class Meta:
        ordering = ["calendar", "on"]
        constraints = [models.UniqueConstraint(fields=["calendar", "on"], name="roster_calendarday_once")]

    def __str__(self) -> str:
        return f"{self.calendar_id} {self.on}"
