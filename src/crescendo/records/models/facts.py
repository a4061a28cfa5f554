"""The fact tables. Partitioned by school year; no foreign keys (D1); the SQL is in the migrations."""

from django.db import models
from django.utils.translation import pgettext_lazy

MADE_HERE = "crescendo"  # the `source` of facts that people record in the product itself


class Fact(models.Model):
    """Something that happened in one school year, from one source, brought by one import.

    `source_key` is the source's own id of the row (or a hash of its natural key): the same row delivered twice is one.
    """

    pk = models.CompositePrimaryKey("school_year", "id")
    school_year = models.SmallIntegerField()
    # An identity column (the migration's SQL says so). The expression is never sent: Django writes the word DEFAULT.
    id = models.BigIntegerField(db_default=models.Func(function="made_by_the_identity_column"))
    source = models.CharField(max_length=60)
    source_key = models.CharField(max_length=255)
    import_id = models.BigIntegerField(null=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self._meta.model_name} {self.school_year}/{self.id}"


class StudentFact(Fact):
    """A fact about one student at one school. Row-level security hides it with the student."""

    student_id = models.BigIntegerField()
    school_id = models.BigIntegerField()

    class Meta:
        abstract = True


class AttendanceEvent(StudentFact):
    """An exception to being present: an absence (in full or in part) or a late arrival, on one day."""

    class Category(models.TextChoices):
        EXCUSED = "excused", pgettext_lazy("attendance", "excused absence")
        UNEXCUSED = "unexcused", pgettext_lazy("attendance", "unexcused absence")
        TARDY = "tardy", pgettext_lazy("attendance", "late")
        PRESENT = "present", pgettext_lazy("attendance", "present")
        OTHER = "other", pgettext_lazy("attendance", "other")

    on = models.DateField()
    category = models.CharField(max_length=20, choices=Category)
    absent_share = models.FloatField(help_text="Share of the day missed, 0 to 1.")
    code = models.CharField(max_length=60, blank=True, help_text="As the source wrote it.")

    class Meta:
        db_table = "records_attendanceevent"


class AttendanceSubmission(Fact):
    """That a school is known to have sent its attendance for a day. Without it, no rows means unknown."""

    school_id = models.BigIntegerField()
    on = models.DateField()

    class Meta:
        db_table = "records_attendancesubmission"


class SchoolAttendanceCount(Fact):
    """A school's own published attendance for a day, where no student rows exist (public feeds)."""

    school_id = models.BigIntegerField()
    on = models.DateField()
    attendance_rate = models.FloatField(null=True, help_text="0 to 1; empty: the school had not submitted.")
    enrolled = models.IntegerField(null=True)

    class Meta:
        db_table = "records_schoolattendancecount"


class AssessmentResult(StudentFact):
    """One student's result on one assessment on one day. `status` says why a score may be missing."""

    class Status(models.TextChoices):
        SCORED = "scored"
        ABSENT = "absent"
        EXEMPT = "exempt"
        INVALID = "invalid"

    assessment_id = models.BigIntegerField()
    on = models.DateField()
    grade_level = models.CharField(max_length=10, blank=True)
    status = models.CharField(max_length=20, choices=Status, default=Status.SCORED)
    score = models.FloatField(null=True)
    score_text = models.CharField(max_length=80, blank=True)
    standard_error = models.FloatField(null=True)
    level_sequence = models.SmallIntegerField(null=True)
    is_proficient = models.BooleanField(null=True)

    class Meta:
        db_table = "records_assessmentresult"


class CourseworkResult(StudentFact):
    """One student's result for one piece of coursework (OneRoster: result)."""

    class Status(models.TextChoices):
        EXEMPT = "exempt"
        FULLY_GRADED = "fully graded"
        NOT_SUBMITTED = "not submitted"
        PARTIALLY_GRADED = "partially graded"
        SUBMITTED = "submitted"

    class_id = models.BigIntegerField()
    item_id = models.BigIntegerField()
    status = models.CharField(max_length=40)
    score = models.FloatField(null=True)
    score_text = models.CharField(max_length=80, blank=True)
    scored_on = models.DateField(null=True)
    is_late = models.BooleanField(null=True)
    is_missing = models.BooleanField(null=True)
    is_incomplete = models.BooleanField(null=True)
    comment = models.TextField(blank=True)

    class Meta:
        db_table = "records_courseworkresult"


class ParticipationCheck(StudentFact):
    """One tap in one lesson: did the student take part? Taken by the teacher of the class."""

    class_id = models.BigIntegerField()
    on = models.DateField()
    took_part = models.BooleanField()
    by_id = models.BigIntegerField(null=True, help_text="The staff member who tapped.")

    class Meta:
        db_table = "records_participationcheck"


class ActivityEvent(StudentFact):
    """Something done beside being present: in a club or a team, or on a learning platform, which are measured apart."""

    on = models.DateField()
    kind = models.CharField(max_length=60)
    title = models.CharField(max_length=120, blank=True)
    minutes = models.FloatField(null=True)
    is_on_platform = models.BooleanField(default=False, db_default=False)  # a click is no club

    class Meta:
        db_table = "records_activityevent"


class BehaviourIncident(StudentFact):
    """A behaviour incident. Leaves the ordinary view after `ordinary_until` unless somebody renews it."""

    on = models.DateField()
    kind = models.CharField(max_length=80)
    severity = models.SmallIntegerField(default=1, help_text="1 (minor) to 3 (major).")
    ordinary_until = models.DateField()

    class Meta:
        db_table = "records_behaviourincident"


class CourseOutcome(StudentFact):
    """How a course ended for a student: the mark, whether it was passed, and credits."""

    course_id = models.BigIntegerField()
    class_id = models.BigIntegerField(null=True)
    session_id = models.BigIntegerField(null=True)
    on = models.DateField()
    subject = models.CharField(max_length=80, blank=True)
    is_core = models.BooleanField(default=False)
    mark = models.CharField(max_length=20, blank=True)
    mark_points = models.FloatField(null=True)
    passed = models.BooleanField(null=True)
    credits_attempted = models.FloatField(null=True)
    credits_earned = models.FloatField(null=True)

    class Meta:
        db_table = "records_courseoutcome"


class KeptRecord(Fact):
    """A record that a source sent and that we hold and show but do not measure: a survey's answer, an evaluation.

    Any cell may name a child, so only those who bring files in may read it, of students in their scope. What is about
    nobody we know as a student (an evaluation of a member of staff) no page reads.
    """

    student_id = models.BigIntegerField(null=True)
    staff_id = models.BigIntegerField(null=True)
    school_id = models.BigIntegerField(null=True)
    kind = models.CharField(max_length=80, help_text="The source's own word: surveyResponse, quizSubmission.")
    on = models.DateField(null=True)
    data = models.TextField(help_text="The record as JSON, under the source's own names.")

    class Meta:
        db_table = "records_keptrecord"
