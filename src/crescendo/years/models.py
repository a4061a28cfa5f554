from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crescendo.roster.models import Enrolment, Organisation, Student


class Turn(models.Model):
    """The turn of one school year into the next. At most one of a year is alive: whoever begins it again is told so."""

    class State(models.TextChoices):
        REHEARSING = "rehearsing", _("being rehearsed")
        REHEARSED = "rehearsed", _("rehearsed; nothing has changed")
        ASKED = "asked", _("being done")
        DONE = "done", _("done")
        UNDO_ASKED = "undo_asked", _("being undone")
        UNDONE = "undone", _("undone")
        LEFT = "left", _("left")

    WORKING = (State.REHEARSING, State.ASKED, State.UNDO_ASKED)
    OVER = (State.UNDONE, State.LEFT)

    from_year = models.SmallIntegerField(help_text="The school year that ends.")
    last_on = models.DateField(help_text="The last day of membership in the year that ends.")
    first_on = models.DateField(help_text="The first day of membership in the next year.")
    state = models.CharField(max_length=12, choices=State, default=State.REHEARSING)
    findings = models.JSONField(
        default=dict, blank=True, help_text="What the rehearsal counted beside the lines."
    )
    counts = models.JSONField(default=dict, blank=True, help_text="What was done: rows by what happened.")
    blockers = models.JSONField(
        default=list, blank=True, help_text="Why it cannot be done, or undone: codes, counts, ids."
    )
    begun_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    begun_at = models.DateTimeField()
    rehearsed_at = models.DateTimeField(null=True, blank=True)
    asked_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-from_year", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["from_year"], condition=~Q(state__in=["undone", "left"]), name="years_turn_once"
            ),
            models.CheckConstraint(
                condition=Q(first_on__gt=F("last_on")), name="years_turn_first_after_last"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_year} {self.state}"

    @property
    def to_year(self) -> int:
        return self.from_year + 1


class Line(models.Model):
    """What happens to one enrolment. `why` says which rule decided, or why a person has to."""

    class Fate(models.TextChoices):
        UP = "up", pgettext_lazy("turn", "moves up")
        STAYS = "stays", pgettext_lazy("turn", "stays in the grade")
        LEAVES = "leaves", pgettext_lazy("turn", "leaves")
        ALREADY = "already", pgettext_lazy("turn", "is enrolled already")
        OPEN = "open", pgettext_lazy("turn", "not decided")

    class Why(models.TextChoices):
        NEXT_GRADE = "next_grade", _("the next grade is taught here")
        ONE_SCHOOL = "one_school", _("one school teaches the next grade")
        LAST_GRADE = "last_grade", _("no school here teaches a higher grade")
        ENROLLED = "enrolled", _("an enrolment for the next year is here already")
        MANY_SCHOOLS = "many_schools", _("several schools teach the next grade")
        NO_GRADE = "no_grade", _("the grade is missing or not one that we know")

    EXCEPTIONS = (Why.MANY_SCHOOLS, Why.NO_GRADE)

    turn = models.ForeignKey(Turn, on_delete=models.CASCADE, related_name="lines")
    # A rehearsal holds no row of the school: an import that is undone takes its students away all the same.
    student = models.ForeignKey(Student, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+")
    enrolment = models.ForeignKey(
        Enrolment, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    school = models.ForeignKey(
        Organisation, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    grade_level = models.CharField(max_length=10, blank=True)
    next_grade = models.CharField(
        max_length=10, blank=True, help_text="The grade after it; empty: there is none, or it is not known."
    )
    why = models.CharField(max_length=12, choices=Why)
    fate = models.CharField(max_length=8, choices=Fate)
    to_school = models.ForeignKey(
        Organisation, on_delete=models.DO_NOTHING, db_constraint=False, null=True, related_name="+"
    )
    chosen_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["turn", "enrolment"], name="years_line_once")]
        indexes = [models.Index(fields=["turn", "school", "grade_level", "fate"])]

    def __str__(self) -> str:
        return f"{self.turn_id}/{self.enrolment_id} {self.fate}"


class Change(models.Model):
    """A stored row before and after a turn. `before` is empty for a row that the turn made."""

    turn = models.ForeignKey(Turn, on_delete=models.CASCADE, related_name="changes")
    table = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    before = models.JSONField(null=True, blank=True)
    after = models.JSONField()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["turn", "table", "object_id"])]

    def __str__(self) -> str:
        return f"{self.table} {self.object_id}"


class Progress(models.Model):
    """How far the worker is, written on a connection of its own so that a page can read it meanwhile."""

    turn = models.OneToOneField(Turn, on_delete=models.CASCADE, primary_key=True, related_name="progress")
    step = models.CharField(max_length=40)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.turn_id} {self.step}"
