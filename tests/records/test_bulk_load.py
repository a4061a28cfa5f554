"""The first facts of a school year are filled apart: the year that is shown is as any other."""

import pytest
from django.db import ProgrammingError, connection

from cast import as_web_role

TABLE = "records_activityevent"
ROW = (
    'INSERT INTO {} (school_year, source, source_key, student_id, school_id, "on", kind) '
    "VALUES (2032, 's', '{}', 1, 1, '2032-01-01', 'club')"
)
INDEXES = """SELECT regexp_replace(indexdef, '^(CREATE .*INDEX) .* USING', '\\1 USING') FROM pg_indexes
             WHERE tablename = %s ORDER BY 1"""


def ask(sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall() if cursor.description else None


def test_a_year_that_was_filled_apart_has_the_rows_the_keys_and_the_sequence_of_the_others(db):
    ask("SET ROLE crescendo_worker")
    assert ask("SELECT crescendo_begin_school_year(%s, 2032)", TABLE) == [(f"{TABLE}_2032",)]
    ask(ROW.format(f"{TABLE}_2032", "apart"))
    assert ask(f"SELECT count(*) FROM {TABLE} WHERE school_year = 2032") == [(0,)]
    ask("SELECT crescendo_show_school_year(%s, 2032)", TABLE)
    ask(ROW.format(TABLE, "through the parent"))
    ask("SELECT crescendo_ensure_school_year(2033)")
    ask("RESET ROLE")
    rows = ask(f"SELECT source_key, id FROM {TABLE} WHERE school_year = 2032 ORDER BY id")
    assert [key for key, _ in rows] == ["apart", "through the parent"]
    assert rows[1][1] > rows[0][1]
    assert ask(INDEXES, f"{TABLE}_2032") == ask(INDEXES, f"{TABLE}_2033")
    assert len(ask(INDEXES, f"{TABLE}_2032")) == 3


def test_a_year_that_is_there_is_not_begun_again(db):
    ask("SELECT crescendo_ensure_school_year(2032)")
    assert ask("SELECT crescendo_begin_school_year(%s, 2032)", TABLE) == [(None,)]


def test_only_a_table_of_school_years_has_years_to_begin(db):
    with pytest.raises(Exception, match="not partitioned by school year"):
        ask("SELECT crescendo_begin_school_year('roster_student', 2032)")


def test_a_page_begins_no_school_year(db):
    with pytest.raises(ProgrammingError, match="permission denied"), as_web_role():
        ask("SELECT crescendo_begin_school_year(%s, 2032)", TABLE)
