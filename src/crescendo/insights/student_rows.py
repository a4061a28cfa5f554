"""Where a student's number comes from: the facts themselves, what each does to it, and whether they add up to it."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from crescendo.core.errors import NotFound
from crescendo.indicators import queries as indicators
from crescendo.indicators import retracing, spoken
from crescendo.indicators.models import LiveChange, MeasurementRun, StudentValue
from crescendo.indicators.numbers import Number, of_student
from crescendo.indicators.retracing import Outcome, Retraced, Row
from crescendo.insights import addresses, explaining, provenance
from crescendo.insights.fact_tables import Names, day_words, number_words, said_tables
from crescendo.insights.rows_behind import TOLERANCE, Check
from crescendo.records import models as records
from crescendo.roster.models import Course, Organisation, Student
from crescendo.roster.scope import SeenBy
from crescendo.roster.viewer import Viewer
from crescendo.ui import printing, reasons
from crescendo.ui.tables import Column, Table
from edmeasures.indicator import Indicator

ADDS_UP = gettext_noop("These rows add up to the number: yes.")
MODELS = {
    "attendance_events": records.AttendanceEvent,
    "assessment_results": records.AssessmentResult,
    "coursework_results": records.CourseworkResult,
    "participation_checks": records.ParticipationCheck,
    "activity_events": records.ActivityEvent,
    "platform_activity": records.ActivityEvent,
    "behaviour_incidents": records.BehaviourIncident,
    "course_outcomes": records.CourseOutcome,
}


def describe(
    *, viewer: Viewer, student: Student, indicator: str, rule_pack: str, school_id: int | None
) -> dict[str, object]:
    """Everything the page says about one number of one student. The viewer has been let in already."""
    definition = indicators.get_definition(indicator)
    run = indicators.find_shown_run(viewer=viewer)
    context = {"student": student, "definition": definition, "run": run, "number": None}
    if run is None:
        return context
    values = _list_values(viewer, student, indicator, run)
    number = _chosen(values, definition, rule_pack, school_id, run)
    models = [MODELS[table] for table in definition.tables if table in MODELS]
    return (
        context
        | explaining.describe_number(number, run)
        | {
            "rules": _by_rules(values, number, school_id, run),
            "schools": _by_schools(values, number, school_id),
            "origins": provenance.list_origins_of_student(
                viewer=viewer, student_id=student.pk, school_year=run.school_year, models=models
            ),
        }
        | _describe_facts(number, definition, run, school_id)
    )


def _list_values(viewer: Viewer, student: Student, indicator: str, run: MeasurementRun) -> list[StudentValue]:
    """The student's values of this measure, by all counting rules, over all schools and at each; else as if absent."""
    rows = StudentValue.objects.filter(
        SeenBy(viewer, "student_id"), run_id=run.pk, student_id=student.pk, indicator=indicator
    )
    order = {pack: place for place, pack in enumerate(indicators.list_packs(indicator))}
    return sorted(rows.order_by("id"), key=lambda row: (order.get(row.rule_pack, len(order)), row.rule_pack))


def _at(values: Iterable[StudentValue], school_id: int | None) -> list[StudentValue]:
    if school_id is None:
        return [row for row in values if row.is_whole]
    return [row for row in values if row.school_id == school_id]


def _chosen(
    values: Sequence[StudentValue],
    definition: Indicator,
    rule_pack: str,
    school_id: int | None,
    run: MeasurementRun,
) -> Number:
    found = [row for row in _at(values, school_id) if not rule_pack or row.rule_pack == rule_pack]
    if not found:
        raise NotFound(f"There is no '{definition.code}' of this student that you may see.")
    return of_student(found[0], run)


def _by_rules(
    values: Sequence[StudentValue], number: Number, school_id: int | None, run: MeasurementRun
) -> list[tuple[str, Number, bool]]:
    """What every set of counting rules gives for the same facts."""
    return [
        (spoken.pack_title(row.rule_pack), of_student(row, run), row.rule_pack == number.rule_pack)
        for row in _at(values, school_id)
    ]


def _by_schools(
    values: Sequence[StudentValue], number: Number, school_id: int | None
) -> list[tuple[str, str, bool]]:
    """Where the student attended several schools: all of them together, and each."""
    same = [row for row in values if row.rule_pack == number.rule_pack]
    ids = [row.school_id for row in same if row.school_id is not None]
    if len(ids) < 2:
        return []
    named = dict(Organisation.objects.filter(pk__in=ids).order_by("name").values_list("pk", "name"))
    places: list[tuple[int | None, str]] = [(None, _("All schools together")), *named.items()]
    return [
        (
            name,
            addresses.of_student(same[0].student_id, number.indicator, number.rule_pack, pk),
            pk == school_id,
        )
        for pk, name in places
    ]


def _describe_facts(
    number: Number, definition: Indicator, run: MeasurementRun, school_id: int | None
) -> dict[str, object]:
    """The facts out of the run's own copy, made into the number once more; or as they are now, where marks that came
    since have brought the number up to date."""
    asked = {
        "run": run,
        "student_id": number.student_id or 0,
        "indicator": number.indicator,
        "rule_pack": number.rule_pack,
        "school_id": school_id,
    }
    found = retracing.retrace(**asked)
    if found is None:
        words = _(
            "The copy of the facts that this number was made from is no longer kept here, so that the rows cannot be "
            "added up again. The next measurement makes a new one."
        )
        return {"check": Check(None, words), "tables": [], "days": []}
    checked = check(number, found.outcome)
    if not checked.adds_up and _was_brought_up_to_date(found, run):
        now = retracing.retrace(**asked, as_they_are_now=True)
        if now is not None and check(number, now.outcome).adds_up:
            since = _(
                "Marks that came after the measurement are counted too: the rows are as they stand now."
            )
            found, checked = now, Check(True, f"{_(ADDS_UP)} {since}")
    names = _names(found)
    return {
        "check": checked,
        "tables": [_table(name, found, names) for name in _in_order(found, definition)],
        "days": _days(found, definition, run, names),
    }


def _was_brought_up_to_date(found: Retraced, run: MeasurementRun) -> bool:
    """Whether marks of the student's schools were counted into this run after it was measured."""
    schools = {row.fact["school_id"] for row in found.rows}
    changes = LiveChange.objects.filter(school_year=run.school_year, school_id__in=schools, counted_in=run.pk)
    return changes.exists()


def check(number: Number, outcome: Outcome) -> Check:
    """Whether the rows, put through the measure again, give the number that was published."""
    same = (
        _is_same(number.numerator, outcome.numerator)
        and _is_same(number.denominator, outcome.denominator)
        and _is_same(number.value, outcome.value)
        and number.reason == outcome.reason
    )
    if same:
        return Check(True, _(ADDS_UP))
    return Check(
        False,
        _(
            "These rows add up to the number: no. It was changed after the copy of the facts was made; the next "
            "measurement counts everything again."
        ),
    )


def _is_same(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return abs(one - other) <= TOLERANCE * max(1.0, abs(one))


def _in_order(found: Retraced, definition: Indicator) -> list[str]:
    """What the measure is about first; where the student was enrolled comes last."""
    tables = dict.fromkeys(row.table for row in found.rows)
    return [name for name in definition.tables if name in tables and name != "enrolments"] + (
        ["enrolments"] if "enrolments" in tables else []
    )


def _names(found: Retraced) -> Names:
    facts = [row.fact for row in found.rows]

    def ids(column: str) -> set[int]:
        return {fact[column] for fact in facts if fact.get(column) is not None}

    return Names(
        dict(Organisation.objects.filter(pk__in=ids("school_id")).order_by("pk").values_list("pk", "name")),
        dict(
            records.Assessment.objects.filter(pk__in=ids("assessment_id"))
            .order_by("pk")
            .values_list("pk", "title")
        ),
        records.CourseworkItem.objects.select_related("school_class").in_bulk(ids("item_id")),
        dict(Course.objects.filter(pk__in=ids("course_id")).order_by("pk").values_list("pk", "title")),
    )


def _days(found: Retraced, definition: Indicator, run: MeasurementRun, names: Names) -> list[str]:
    """What stands beside the student's rows: the school days, and for how many of them the school sent attendance."""
    calendar = found.surroundings.get("calendar_days")
    if calendar is None or "calendar_days" not in definition.tables:
        return []
    sent = found.surroundings.get("attendance_submissions")
    said = []
    for school_id, name in names.schools.items():
        taught = {
            day["on"]
            for day in calendar.to_pylist()
            if day["school_id"] == school_id and day["is_instructional"] and day["on"] <= run.as_of
        }
        words = {"school": name, "days": printing.count(len(taught)), "day": day_words(run.as_of)}
        if sent is None or "attendance_submissions" not in definition.tables:
            said.append(_("%(school)s: %(days)s school days up to %(day)s.") % words)
            continue
        received = {day["on"] for day in sent.to_pylist() if day["school_id"] == school_id} & taught
        words["sent"] = printing.count(len(received))
        said.append(
            _("%(school)s: %(days)s school days up to %(day)s; attendance was sent for %(sent)s.") % words
        )
    return said


def _table(name: str, found: Retraced, names: Names) -> Table:
    """The facts of one table, each with what the number would be without it."""
    caption, said = said_tables()[name]
    rows = found.of_table(name)
    columns = [Column(f"c{place}", label) for place, (label, _fill) in enumerate(said)]
    has_variants = any(row.without is not None for row in rows)
    if has_variants:
        columns.append(Column("without", _("Without this row the number is")))
    return Table(
        caption,
        columns,
        [
            {f"c{place}": fill(row.fact, names) for place, (_label, fill) in enumerate(said)}
            | {"without": _without(row, found.outcome)}
            for row in rows
        ],
    )


def _without(row: Row, outcome: Outcome) -> str:
    if row.without is None:
        return ""
    if not row.changes(outcome):
        return _("the same")
    if row.without.reason:
        return reasons.not_evaluated(row.without.reason)
    if row.without.denominator is None:
        return number_words(row.without.numerator)
    return _("%(part)s of %(all)s") % {
        "part": number_words(row.without.numerator),
        "all": number_words(row.without.denominator),
    }
