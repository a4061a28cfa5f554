from django.contrib.postgres.fields import ArrayField
from django.db import models

from .base import Imported
from .organisations import AcademicSession, Organisation
from .staff import StaffMember
from .students import Student


class Course(Imported):
    """A course that classes are taught from."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="courses")
    title = models.CharField(max_length=255)
    code = models.CharField(max_length=255, blank=True)
    school_year = models.SmallIntegerField(null=True, blank=True)
    grade_levels = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    subjects = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    subject_codes = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    is_core = models.BooleanField(default=False, help_text="English, mathematics, science or social science.")

    class Meta:
        ordering = ["title", "id"]

    def __str__(self) -> str:
        return self.title


class SchoolClass(Imported):
    """A class: a course taught to a group of students at a school in some sessions."""

    course = models.ForeignKey(Course, on_delete=models.PROTECT, null=True, related_name="classes")
    school = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="classes")
    title = models.CharField(max_length=255)
    code = models.CharField(max_length=255, blank=True)
    kind = models.CharField(
        max_length=40, default="scheduled", help_text="homeroom, scheduled, or the source's own"
    )
    location = models.CharField(max_length=255, blank=True)
    grade_levels = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    subjects = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    subject_codes = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    periods = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    sessions = models.ManyToManyField(AcademicSession, related_name="classes", blank=True)
    school_year = models.SmallIntegerField()

    class Meta:
        ordering = ["title", "id"]
        indexes = [models.Index(fields=["school", "school_year"])]

    def __str__(self) -> str:
        return self.title


class ClassStaff(Imported):
    """That a member of staff teaches (or helps in) a class, between two days (both included)."""

    school_class = models.ForeignKey(SchoolClass, on_delete=models.PROTECT, related_name="class_staff")
    staff = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="class_staff")
    role = models.CharField(max_length=40, default="teacher")
    is_primary = models.BooleanField(default=False)
    begins_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["school_class", "staff", "begins_on", "id"]

    def __str__(self) -> str:
        return f"{self.staff_id} in {self.school_class_id}"


class ClassEnrolment(Imported):
    """That a student is in a class, between two days (both included)."""

    school_class = models.ForeignKey(SchoolClass, on_delete=models.PROTECT, related_name="class_enrolments")
    student = models.ForeignKey(Student, on_delete=models.PROTECT, related_name="class_enrolments")
    begins_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["school_class", "student", "begins_on", "id"]

    def __str__(self) -> str:
        return f"{self.student_id} in {self.school_class_id}"
