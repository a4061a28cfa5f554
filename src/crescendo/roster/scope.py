"""Telling PostgreSQL who looks, and asking it whom they may see. The definition itself is the view
`crescendo_visible` in migration 0002: one text for the pages' own filter and for row-level security."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date

from django.conf import settings
from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, F, Func
from django.db.models.expressions import RawSQL
from django.db.models.sql.compiler import SQLCompiler

from .viewer import Viewer


def look_as(user_id: int | None, on: date) -> None:
    """From here to the end of the transaction, PostgreSQL shows what this user may see on this day."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError(
            "Open a transaction first: the viewer is set for one transaction."
        )
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('crescendo.viewer', %s, true), set_config('crescendo.on', %s, true), "
            "set_config('crescendo.rights_pass_at_age', %s, true)",
            [str(user_id or ""), on.isoformat(), str(settings.RIGHTS_PASS_AT_AGE)],
        )


@contextmanager
def looking_as(user_id: int | None, on: date) -> Iterator[None]:
    """Look as somebody for a while (a digest, an export, a test), then as before."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT current_setting('crescendo.viewer', true), current_setting('crescendo.on', true)"
            )
            viewer_before, on_before = cursor.fetchone()
        look_as(user_id, on)
        yield
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('crescendo.viewer', %s, true), set_config('crescendo.on', %s, true)",
                [viewer_before or "", on_before or ""],
            )


class SeenBy(Func):
    """True where the viewer may see the student whose id stands in the column.

    The viewer is handed down, the view reads the transaction's settings: where the two differ, PostgreSQL refuses.
    `IS TRUE` keeps the planner from turning the question into a join: it then asks once for a page of one student,
    and hashes the whole scope once for a list (a district leader's list of 100,000: 0.15 s instead of 0.75 s).
    """

    template = (
        "(crescendo_looks_as(%(viewer)s, %(on)s) AND "
        "(EXISTS (SELECT 1 FROM crescendo_visible seen WHERE seen.student_id = %(expressions)s%(among)s)) IS TRUE)"
    )
    output_field = BooleanField()

    def __init__(self, viewer: Viewer, column: str = "pk", among: Iterable[int] | None = None) -> None:
        """`among`: only these students are asked about. Of a district's whole scope, these few are looked up then."""
        self.viewer = viewer
        self.among = None if among is None else list(among)
        super().__init__(F(column))

    def as_sql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_: object
    ) -> tuple[str, list[object]]:
        column, params = compiler.compile(self.source_expressions[0])
        among = "" if self.among is None else " AND seen.student_id = ANY(%s::bigint[])"
        sql = self.template % {"viewer": "%s", "on": "%s", "expressions": column, "among": among}
        values: list[object] = [self.viewer.user_id, self.viewer.on, *params]
        return sql, values if self.among is None else [*values, self.among]


def students_seen(viewer: Viewer) -> RawSQL:
    """The ids of the students this viewer may see, as a subquery: for a table that is asked for few students."""
    return RawSQL(
        "SELECT student_id FROM crescendo_visible WHERE crescendo_looks_as(%s, %s)",
        [viewer.user_id, viewer.on],
    )
