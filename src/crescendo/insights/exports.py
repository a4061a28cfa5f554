"""Numbers as a file that says what they mean: a CSV, and beside it in a ZIP its description (CSV on the Web).

A description inside the CSV would break whatever reads it, so it stands in a file of its own; `docs/exports.md` says
how both are read. The CSV alone begins with a byte-order mark, because people open it by a double click and
spreadsheets then read the accents right; the one in the ZIP has none, because programs read it.
Who may not see the students behind a number gets it protected, in a file as on a page.
"""

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils import translation

from crescendo.core.errors import NotFound
from crescendo.core.spreadsheets import neutral_cell
from crescendo.indicators import queries as indicators
from crescendo.indicators import spoken, wording
from crescendo.indicators.models import GroupValue, MeasurementRun
from crescendo.indicators.numbers import Number
from crescendo.indicators.permissions import ResultScope, result_scope
from crescendo.roster import queries as roster
from crescendo.roster.models import Organisation
from crescendo.roster.viewer import Viewer
from edmeasures import catalog, rulepacks

BYTE_ORDER_MARK = "\ufeff"
CSV_NAME = "numbers.csv"
DESCRIPTION_NAME = "numbers.csv-metadata.json"  # the name under which CSV on the Web looks for it

# name, datatype of CSV on the Web, meaning. English, as names of columns and standards are.
COLUMNS = (
    ("organisation_id", "integer", "Our id of the district or school."),
    ("organisation", "string", "Its name."),
    ("indicator", "string", "Code of the measure; its definition stands in the notes."),
    ("characteristic", "string", "By what the students are grouped; empty: everyone."),
    ("group", "string", "Which group."),
    ("numerator", "double", "What was counted."),
    ("denominator", "double", "Out of what."),
    ("n", "integer", "Students the number is based on."),
    ("not_evaluated", "integer", "Students it could not be computed for; in neither count."),
    ("value", "double", "The number, unrounded. A share runs from 0 to 1. Empty: not evaluated, never zero."),
    ("lower", "double", "Lower end of the 95 percent interval."),
    ("upper", "double", "Upper end of the 95 percent interval."),
    ("shown", "string", "A range in place of a value whose exact share is hidden."),
    ("status", "string", "evaluated or not_evaluated."),
    ("reason", "string", "Why there is no value; 'suppressed': hidden to protect a small group."),
    ("counting_rules", "string", "The named rules it was counted by."),
    ("definition_version", "string", "Version of the measure library / day the definition was reviewed."),
    ("as_of", "date", "Last day whose facts count."),
    ("run", "integer", "The measurement."),
    ("snapshot", "string", "Id of the copy of the facts it was computed from."),
)
TEXTS = frozenset(name for name, kind, _meaning in COLUMNS if kind == "string")


@dataclass(frozen=True)
class Export:
    """The numbers of one download, with the run they belong to and whether small groups are in it."""

    organisation: Organisation
    names: dict[int, str]
    numbers: tuple[Number, ...]
    run: MeasurementRun
    is_protected: bool

    @property
    def stem(self) -> str:
        """The beginning of its file name: ids and days, no names."""
        codes = {number.indicator for number in self.numbers}
        subject = codes.pop() if len(codes) == 1 else "numbers"
        return f"{subject}-{self.organisation.pk}-{self.run.as_of.isoformat()}"


def collect(
    *,
    viewer: Viewer,
    organisation: Organisation,
    codes: Sequence[str] | None = None,
    to_hand_on: bool = False,
) -> Export:
    """The numbers of a place, of its schools, and of every group, under every counting rule, as the viewer sees them.

    `to_hand_on` hides small groups whoever asks: for a file that other people will read.
    """
    run = indicators.find_shown_run(viewer=viewer)
    if run is None:
        raise NotFound("Nothing has been measured yet.")
    scope = result_scope(viewer)
    if to_hand_on:
        scope = replace(scope, unhidden=frozenset())
    places = [pk for pk in roster.list_subtree_ids(organisation.pk) if scope.allows(pk)]
    found = [
        number
        for characteristic in _characteristics(run, places, codes)
        for number in indicators.list_organisation_numbers(
            viewer=viewer,
            organisation_ids=places,
            run=run,
            indicators=codes,
            characteristic=characteristic,
            scope=scope,
        )
    ]
    names = dict(Organisation.objects.filter(pk__in=places).order_by("pk").values_list("pk", "name"))
    return Export(organisation, names, tuple(found), run, _is_protected(scope, places))


def _characteristics(run: MeasurementRun, places: Sequence[int], codes: Sequence[str] | None) -> list[str]:
    rows = GroupValue.objects.filter(run_id=run.pk, organisation_id__in=places)
    if codes is not None:
        rows = rows.filter(indicator__in=codes)
    return list(rows.order_by("characteristic").values_list("characteristic", flat=True).distinct())


def _is_protected(scope: ResultScope, places: Iterable[int]) -> bool:
    return not any(place in scope.unhidden for place in places)


def as_rows(export: Export) -> list[dict[str, object]]:
    """A row per number. What is hidden is empty: no count beside it gives it back."""
    return [
        {
            "organisation_id": number.organisation_id,
            "organisation": export.names.get(number.organisation_id or 0, ""),
            "indicator": number.indicator,
            "characteristic": number.characteristic,
            "group": number.group_value,
            "numerator": number.numerator,
            "denominator": number.denominator,
            "n": number.n_students,
            "not_evaluated": number.n_not_evaluated,
            "value": number.value,
            "lower": number.lower,
            "upper": number.upper,
            "shown": number.shown,
            "status": number.status,
            "reason": number.reason,
            "counting_rules": number.rule_pack,
            "definition_version": definition_version(number.indicator, export.run),
            "as_of": export.run.as_of.isoformat(),
            "run": export.run.pk,
            "snapshot": export.run.snapshot_id,
        }
        for number in export.numbers
    ]


def definition_version(code: str, run: MeasurementRun) -> str:
    """Which wording and SELECT the number was made by: the library's version and the definition's review."""
    return f"{run.library_version}/{catalog.get(code).reviewed_on.isoformat()}"


def as_csv(export: Export) -> str:
    """The rows as CSV (RFC 4180). Text cannot run as a formula; numbers stay numbers, with every digit."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    names = [name for name, _kind, _meaning in COLUMNS]
    writer.writerow(names)
    for row in as_rows(export):
        writer.writerow([_cell(name, row[name]) for name in names])
    return file.getvalue()


def _cell(name: str, value: object) -> str:
    if name in TEXTS:
        return neutral_cell(value)
    return "" if value is None else repr(value) if isinstance(value, float) else str(value)


@translation.override("en-us")
def as_description(export: Export, *, at: datetime) -> str:
    """What the columns and the measures mean, as CSV on the Web describes a table. In English for every reader: the
    file says so, and whoever it is handed on to may speak another language than whoever fetched it."""
    codes = list(dict.fromkeys(number.indicator for number in export.numbers))
    packs = list(dict.fromkeys(number.rule_pack for number in export.numbers))
    described = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "url": CSV_NAME,
        "dc:title": f"{export.organisation.name}, {export.run.school_year - 1}-{export.run.school_year % 100:02d}",
        "dc:created": at.isoformat(timespec="seconds"),
        "dc:rights": _rights(export),
        "dialect": {"encoding": "utf-8", "header": True, "delimiter": ",", "quoteChar": '"'},
        "tableSchema": {
            "columns": [
                {"name": name, "titles": name, "datatype": kind, "dc:description": meaning, "null": ""}
                for name, kind, meaning in COLUMNS
            ],
        },
        "notes": [
            *(_definition_note(code, export.run) for code in codes),
            *(_rules_note(pack, codes) for pack in packs),
            _run_note(export.run),
        ],
    }
    return json.dumps(described, indent=1, ensure_ascii=False, default=str)


def _rights(export: Export) -> str:
    if export.is_protected:
        return "Small groups are hidden (reason 'suppressed') or shown as a range. Fit to hand on."
    return (
        "Small groups are included, because whoever downloaded this may see the students behind them. Do not hand it "
        "on: download it again to hand on, with small groups hidden."
    )


def _definition_note(code: str, run: MeasurementRun) -> dict[str, object]:
    said = catalog.get(code)
    return {
        "kind": "definition",
        "indicator": code,
        "title": said.title,
        "question": said.question,
        "numerator": said.numerator,
        "denominator": said.denominator,
        "unit": said.unit,
        "scale": said.scale,
        "groups": str(wording.KINDS[said.kind]),
        "caution": said.caution,
        "sources": [{"title": s.title, "where": s.where, "url": s.url} for s in said.sources],
        "author": said.author,
        "reviewed_on": said.reviewed_on.isoformat(),
        "next_review_on": said.next_review_on.isoformat(),
        "definition_version": definition_version(code, run),
    }


def _rules_note(pack: str, codes: Sequence[str]) -> dict[str, object]:
    said = rulepacks.get(pack)
    wanted = list(dict.fromkeys(name for code in codes for name in catalog.get(code).parameters))
    return {
        "kind": "counting rules",
        "counting_rules": pack,
        "version": said.version,
        "title": spoken.rule_pack(said).title,
        "authority": said.authority,
        "parameters": {name: str(getattr(said, name)) for name in wanted},
    }


def _run_note(run: MeasurementRun) -> dict[str, object]:
    return {
        "kind": "measurement",
        "run": run.pk,
        "as_of": run.as_of.isoformat(),
        "finished_at": run.finished_at.isoformat() if run.finished_at else None,
        "snapshot": run.snapshot_id,
        "library_version": run.library_version,
    }


def as_zip(export: Export, *, at: datetime) -> bytes:
    """Both files together; the same numbers at the same moment make the same bytes."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in ((CSV_NAME, as_csv(export)), (DESCRIPTION_NAME, as_description(export, at=at))):
            entry = zipfile.ZipInfo(name, date_time=at.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, text.encode())
    return file.getvalue()
