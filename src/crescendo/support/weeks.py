"""One student's measure week by week: the published definition, evaluated on the facts of this student alone.

A run publishes weeks of schools, not of students. A slice of one student goes through the same `evaluate` (D4), so that
a student's weeks are counted as a school's are; there is no second implementation. Row-level security decides what is
read, because the reader's own connection reads it.
"""

from collections.abc import Sequence

import pyarrow as pa
from django.db import connection

import edmeasures
from crescendo.indicators import queries as indicators
from crescendo.indicators.registry import datasets
from crescendo.roster import queries as roster
from crescendo.roster.models import Enrolment
from crescendo.roster.scope import SeenBy
from crescendo.roster.viewer import Viewer
from edmeasures import catalog

from .rules import Point


def has_weeks(indicator: str) -> bool:
    """Whether the definition counts by week at all."""
    return indicator in {definition.code for definition in catalog.all() if definition.series}


def list_weeks(*, viewer: Viewer, student_id: int, indicator: str) -> list[Point]:
    """Each week, by its Monday, of this school year up to the day of the published numbers."""
    run = indicators.find_shown_run(viewer=viewer)
    if run is None or not has_weeks(indicator):
        return []
    schools = _schools(viewer, student_id)
    if not schools:
        return []
    found = edmeasures.evaluate(
        _tables(catalog.get(indicator).tables, student_id, schools, viewer.school_year),
        school_year=viewer.school_year,
        as_of=run.as_of,
        indicators=[indicator],
        rule_packs=[indicators.first_packs([indicator])[indicator]],
        threads=1,
        memory_limit="256MB",
    )
    return _of_all_schools(found.series, schools)


def _schools(viewer: Viewer, student_id: int) -> list[int]:
    """The schools the student belonged to this school year, the latest last."""
    enrolments = Enrolment.objects.filter(
        SeenBy(viewer, "student_id"), student_id=student_id, school_year=viewer.school_year
    )
    return list(dict.fromkeys(enrolments.order_by("entry_on", "id").values_list("school_id", flat=True)))


def _tables(
    names: Sequence[str], student_id: int, schools: Sequence[int], school_year: int
) -> dict[str, pa.Table]:
    """The definition's tables, cut down to this student, their schools and this year."""
    wanted = {*names, "organisations", "enrolments", "calendar_days"}
    found = {}
    for name, dataset in datasets().items():
        if name in wanted:
            found[name] = _read(dataset.select, student_id, schools, school_year)
    return found


def _read(select: str, student_id: int, schools: Sequence[int], school_year: int) -> pa.Table:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM ({select}) AS d LIMIT 0")
        columns = {column.name for column in cursor.description}
        where, values = ["TRUE"], []
        if "student_id" in columns:
            where.append("d.student_id = %s")
            values.append(student_id)
        elif "school_id" in columns:
            where.append("d.school_id = ANY(%s)")
            values.append(list(schools))
        if "school_year" in columns:
            where.append("d.school_year = %s")
            values.append(school_year)
        cursor.execute(f"SELECT * FROM ({select}) AS d WHERE {' AND '.join(where)}", values)
        names = [column.name for column in cursor.description]
        rows = cursor.fetchall()
    return pa.table({name: [row[place] for row in rows] for place, name in enumerate(names)})


def _of_all_schools(series: pa.Table, schools: Sequence[int]) -> list[Point]:
    """The weeks of the organisation above all the student's schools, so that a change of school breaks no line."""
    top = roster.list_ancestor_ids(schools[-1])[-1]
    rows = [row for row in series.to_pylist() if row["organisation_id"] == top]
    found = [Point(row["begins_on"], row["value"], row["numerator"], row["denominator"]) for row in rows]
    return sorted(found, key=lambda week: week.on)
