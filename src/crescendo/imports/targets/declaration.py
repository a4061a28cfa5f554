"""What the pipeline needs to know about a table of ours. Columns come from the Django model itself."""

import json
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models

from crescendo.records.models.facts import Fact

# Facts hold plain numbers, not foreign keys; this is what each number points at.
FACT_REFERENCES = {
    "student_id": "student",
    "school_id": "org",
    "assessment_id": "assessment",
    "class_id": "class",
    "item_id": "line_item",
    "course_id": "course",
    "session_id": "session",
    "by_id": "staff",
    "staff_id": "staff",
}
ENTITY_OF_MODEL = {
    "Organisation": "org",
    "AcademicSession": "session",
    "Course": "course",
    "SchoolClass": "class",
    "Student": "student",
    "StaffMember": "staff",
    "FamilyMember": "family",
    "Calendar": "calendar",
    "CourseworkCategory": "category",
    "CourseworkItem": "line_item",
    "Assessment": "assessment",
}
MANAGED = {"id", "source", "import_id", "owned_fields", "ended_on"}


@dataclass(frozen=True)
class Column:
    """A column that a source may hand over. `name` is what it hands over, `stored` what the table calls it."""

    name: str
    stored: str
    type: str  # DuckDB type of the handed-over value; a reference is handed over as text
    required: bool
    references: str = ""  # entity of roster.ExternalId, such as 'student'
    default: Any = None

    @property
    def is_reference(self) -> bool:
        return bool(self.references)


@dataclass(frozen=True)
class Target:
    """A table that rows can be handed over to.

    entity        its name in roster.ExternalId; rows are known by `external_id`. Empty: known by `natural_key`.
    natural_key   stored column names that say which row it is, where the source has no id for it.
    owner         for natural keys: a full delivery replaces the rows of the owners it names, no others.
    school        stored column of the school, for "would end all of one school's".
    ends          (first day, last day) columns that end with the row.
    only_if_absent  rows are created where the key is free; what is stored is never touched.
    matched_by    columns besides the external id by which another system may name a row.
    """

    name: str
    model: str
    entity: str = ""
    natural_key: tuple[str, ...] = ()
    owner: str = ""
    school: str = ""
    ends: tuple[str, str] | None = None
    only_if_absent: bool = False
    matched_by: tuple[str, ...] = ()

    @cached_property
    def django_model(self) -> type[models.Model]:
        return apps.get_model(self.model)

    @property
    def table(self) -> str:
        return self.django_model._meta.db_table

    @cached_property
    def is_fact(self) -> bool:
        return issubclass(self.django_model, Fact)

    @cached_property
    def columns(self) -> dict[str, Column]:
        """By handed-over name."""
        fields = self.django_model._meta.concrete_fields
        found = [_column(field) for field in fields if field.name not in MANAGED and field.name != "pk"]
        return {column.name: column for column in found}

    @cached_property
    def stored_names(self) -> frozenset[str]:
        return frozenset(field.column for field in self.django_model._meta.concrete_fields if field.column)

    @property
    def key(self) -> str:
        """The handed-over column that says which row it is."""
        return "source_key" if self.is_fact else "external_id"


def _column(field: "models.Field[Any, Any]") -> Column:
    column = field.column or field.name
    if isinstance(field, models.ForeignKey):
        entity = ENTITY_OF_MODEL.get(field.related_model.__name__, "")
        if entity:
            return Column(field.name, column, "VARCHAR", not field.null, entity)
        # Codes (a role, a characteristic) are their own keys and are handed over as they are.
        text = isinstance(field.target_field, models.CharField)
        return Column(field.name, column, "VARCHAR" if text else "BIGINT", not field.null)
    if column in FACT_REFERENCES and isinstance(field, models.BigIntegerField):
        return Column(column.removesuffix("_id"), column, "VARCHAR", not field.null, FACT_REFERENCES[column])
    required = not field.null and not field.has_default() and not field.blank
    return Column(field.name, column, duckdb_type(field), required, default=_default(field))


def duckdb_type(field: "models.Field[Any, Any]") -> str:
    """The DuckDB type in which a column of ours is compared."""
    if isinstance(field, ArrayField):
        return "VARCHAR[]"
    types: list[tuple[type[models.Field[Any, Any]], str]] = [
        (models.DateTimeField, "TIMESTAMPTZ"),
        (models.DateField, "DATE"),
        (models.BooleanField, "BOOLEAN"),
        (models.FloatField, "DOUBLE"),
        (models.IntegerField, "BIGINT"),
        (models.JSONField, "VARCHAR"),
    ]
    return next((name for kind, name in types if isinstance(field, kind)), "VARCHAR")


def _default(field: "models.Field[Any, Any]") -> Any:
    """What a new row gets where the source hands nothing over; None where the column may be empty."""
    if field.has_default():
        value = field.get_default()
        return json.dumps(value) if isinstance(value, dict) else value
    if isinstance(field, models.CharField | models.TextField) and not field.null:
        return ""
    return None


def literal(value: Any) -> str:
    """A value of ours as DuckDB SQL. Only for defaults and settings of ours, never for what a file says."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, date):
        return f"DATE '{value.isoformat()}'"
    if isinstance(value, list):
        return "[" + ", ".join(literal(item) for item in value) + "]::VARCHAR[]"
    return "'" + str(value).replace("'", "''") + "'"
