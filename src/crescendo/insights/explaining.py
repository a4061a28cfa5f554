"""Where an organisation's number comes from: the sentence, the division, the rules, the run, the sources, the rows."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from crescendo.core.errors import NotFound
from crescendo.indicators import lineage, spoken, wording
from crescendo.indicators import queries as indicators
from crescendo.indicators.models import MeasurementRun, StudentValue
from crescendo.indicators.numbers import Number, of_student
from crescendo.indicators.permissions import ResultScope, result_scope
from crescendo.insights import provenance, rows_behind, sentences
from crescendo.roster import queries as roster
from crescendo.roster.models import Characteristic, Organisation, Student
from crescendo.roster.viewer import Viewer
from crescendo.ui import terms, vocabulary
from edmeasures import catalog, rulepacks


@dataclass(frozen=True)
class Asked:
    """Which number of an organisation: of everyone or of one group, by which counting rules ('' = shown first)."""

    indicator: str
    characteristic: str = ""
    group_value: str = ""
    rule_pack: str = ""


def get_organisation(*, viewer: Viewer, organisation_id: int) -> Organisation:
    """The organisation, if any of its numbers are open to the viewer; otherwise as if it were not there."""
    found = Organisation.objects.select_related("parent").filter(pk=organisation_id).first()
    if found is None or not result_scope(viewer).allows(organisation_id):
        raise NotFound("There is no such organisation, or nothing that lets you see its results.")
    return found


def describe(*, viewer: Viewer, organisation: Organisation, asked: Asked) -> dict[str, object]:
    """Everything the page says about one number; the rows apart, since they come in pages."""
    definition = indicators.get_definition(asked.indicator)
    run = indicators.find_shown_run(viewer=viewer)
    context = {"organisation": organisation, "definition": definition, "run": run}
    if run is None:
        return context
    scope = result_scope(viewer)
    numbers = _numbers_by_rules(viewer, organisation, asked, run, scope)
    number = _chosen(numbers, asked)
    if number is None and (asked.characteristic or asked.rule_pack):
        raise NotFound("There is no such number.")
    if number is None:
        return context | {"number": None}
    return (
        context
        | describe_number(number, run)
        | {
            "group": group_words(number),
            "rules": [(spoken.pack_title(n.rule_pack), n, n.rule_pack == number.rule_pack) for n in numbers],
            "origins": provenance.list_origins(viewer=viewer, definition=definition, run=run),
            "last_sent_on": _last_sent_on(organisation, run, definition.tables),
            "counted_students": sentences.counted_students(number),
            "interval": sentences.interval(number) if number.is_evaluated else "",
        }
    )


def describe_number(number: Number, run: MeasurementRun) -> dict[str, object]:
    """What is said of an organisation's and of a student's number alike."""
    definition = number.definition
    counted, of = sentences.parts_in_words(number)
    packs = [spoken.rule_pack(pack) for pack in rulepacks.all()]
    return {
        "number": number,
        "sentence": sentences.sentence(number),
        "why_hidden": _why_hidden(number),
        "counted_words": counted,
        "of_words": of,
        "is_divided": sentences.is_divided(number),
        "unrounded": sentences.unrounded(number.value),
        "unit": wording.unit_words(definition.unit),
        "adding_up": wording.KINDS[definition.kind],
        "parameters": wording.parameter_table(definition, packs, [number.rule_pack]),
        "rules_title": spoken.pack_title(number.rule_pack),
        "lineage": lineage.trace(catalog.get(number.indicator)),
    }


def _why_hidden(number: Number) -> str:
    if number.shown:
        return str(sentences.WHY_A_RANGE)
    return str(sentences.WHY_HIDDEN) if number.reason == "suppressed" else ""


def _numbers_by_rules(
    viewer: Viewer, organisation: Organisation, asked: Asked, run: MeasurementRun, scope: ResultScope
) -> list[Number]:
    """The asked number under every counting rule it was measured by, the one shown first in front."""
    found = indicators.list_organisation_numbers(
        viewer=viewer,
        organisation_ids=[organisation.pk],
        run=run,
        indicators=[asked.indicator],
        characteristic=asked.characteristic,
        scope=scope,
    )
    order = {pack: place for place, pack in enumerate(indicators.list_packs(asked.indicator))}
    same_group = [n for n in found if n.group_value == asked.group_value]
    return sorted(same_group, key=lambda n: (order.get(n.rule_pack, len(order)), n.rule_pack))


def _chosen(numbers: list[Number], asked: Asked) -> Number | None:
    if not asked.rule_pack:
        return numbers[0] if numbers else None
    return next((n for n in numbers if n.rule_pack == asked.rule_pack), None)


def group_words(number: Number) -> str:
    """Which students the number is of: '' for everyone, 'grade 7', 'English learner: Yes'."""
    if not number.characteristic:
        return ""
    value = number.group_value
    if number.characteristic == "grade_level":
        return f"{terms.word('grade')} {int(value) if value.isdigit() else value}"
    kept = Characteristic.objects.filter(code=number.characteristic).first()
    title = vocabulary.known_word(kept.title) if kept else number.characteristic
    words = value.replace("_", " ")
    return f"{title}: {vocabulary.known_word(words[:1].upper() + words[1:])}"


def _last_sent_on(organisation: Organisation, run: MeasurementRun, tables: tuple[str, ...]) -> object:
    """How old the attendance behind the number is; nothing to say where it stands on no attendance."""
    if "attendance_submissions" not in tables:
        return None
    return provenance.find_last_submission(school_ids=roster.list_subtree_ids(organisation.pk), run=run)


def describe_rows(
    *, viewer: Viewer, organisation: Organisation, number: Number, run: MeasurementRun
) -> dict[str, object]:
    """The students behind the number in order of their names, their sum, and why some were left out; or why not."""
    why_not = rows_behind.why_not(viewer=viewer, number=number, scope=result_scope(viewer))
    if why_not:
        return {"rows": None, "why_no_rows": why_not}
    rows = rows_behind.list_rows(viewer=viewer, organisation=organisation, number=number, run=run)
    return {
        "rows": rows,
        "why_no_rows": "",
        "check": rows_behind.check(rows, number) if number.is_evaluated else None,
        "reasons": rows_behind.count_reasons(rows),
    }


def list_students_behind(*, viewer: Viewer, rows: QuerySet[StudentValue]) -> QuerySet[Student]:
    """The students of these rows in the order of their names."""
    return (
        roster.list_students(viewer=viewer)
        .filter(pk__in=rows.order_by().values("student_id"))
        .order_by("sort_key", "id")
    )


def with_rows(
    students: Sequence[Student], rows: QuerySet[StudentValue], run: MeasurementRun
) -> list[tuple[Student, Number]]:
    """The students of one page with their own numbers; one who attended two schools may have two."""
    own: dict[int, list[Number]] = defaultdict(list)
    for row in rows.filter(student_id__in=[student.pk for student in students]):
        own[row.student_id].append(of_student(row, run))
    return [(student, number) for student in students for number in own[student.pk]]
