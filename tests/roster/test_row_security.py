"""The second lock: the database role that serves pages, with every filter forgotten."""

import psycopg
import pytest
from django.db import ProgrammingError, connection, transaction

from cast import EVERYBODY, ON, as_web_role
from crescendo.accounts.models import User
from crescendo.roster import queries, scope
from crescendo.roster.models import FamilyRight, Post, StaffMember

# Student-owned tables whose key to the student is not called student_id.
ALSO_OWNED = {"roster_student": "id"}
# The trail is protected by a rule of its own (see test_audit.py): a person also sees what they did themselves.
OWN_RULE = {"accounts_auditentry"}


def student_tables() -> dict[str, str]:
    """Every table (not its partitions) with a column `student_id`, and the tables that are about one without it."""
    with connection.cursor() as cursor:
        cursor.execute("""
            SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'student_id'
            WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relnamespace = 'public'::regnamespace
              AND NOT a.attisdropped
        """)
        return {row[0]: "student_id" for row in cursor.fetchall()} | ALSO_OWNED


def rows_seen(table: str, column: str) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT DISTINCT {column} FROM {table} WHERE {column} IS NOT NULL")
        return {row[0] for row in cursor.fetchall()}


def test_every_table_with_a_student_forces_row_level_security(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity")
        forced = {row[0] for row in cursor.fetchall()}
    tables = student_tables()
    assert len(tables) >= 15
    assert set(tables) - forced == set()


def test_pages_have_no_way_around_through_a_partition(db):
    with connection.cursor() as cursor:
        cursor.execute("""
            SELECT c.relname FROM pg_class c
            WHERE c.relispartition AND c.relkind IN ('r', 'p') AND has_table_privilege('crescendo_web', c.oid,
                'SELECT, INSERT, UPDATE, DELETE, TRUNCATE')
        """)
        assert cursor.fetchall() == []
        cursor.execute("SELECT count(*) FROM pg_class WHERE relispartition AND relkind = 'r'")
        assert cursor.fetchone()[0] >= 9


def test_the_web_role_owns_nothing_and_cannot_walk_past_a_policy(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = 'crescendo_web'"
        )
        assert cursor.fetchone() == (False, False, False, False)
        cursor.execute("SELECT count(*) FROM pg_class WHERE relowner = 'crescendo_web'::regrole")
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT has_schema_privilege('crescendo_web', 'public', 'CREATE')")
        assert cursor.fetchone() == (False,)


def test_without_a_viewer_a_forgotten_filter_shows_nothing(cast):
    tables = student_tables()
    with_rows = {table for table, column in tables.items() if rows_seen(table, column)}
    # The cast has rows in all of them that this part of the product makes: an empty table would prove nothing.
    # (Kept records have their own rows in tests/imports/pipeline/test_kept_records.py.)
    empty = {table for table in tables if table.startswith(("roster_", "records_"))} - with_rows
    assert empty == {"records_correction", "records_keptrecord"}
    with transaction.atomic(), as_web_role():
        scope.look_as(None, ON)
        for table, column in tables.items():
            assert rows_seen(table, column) == set(), table


@pytest.mark.parametrize("name", EVERYBODY)
def test_a_forgotten_filter_shows_no_student_out_of_scope_and_the_lists_agree(cast, name):
    with cast.looking_as(name) as viewer:
        listed = {student.pk for student in queries.list_students(viewer=viewer)}
        for table, column in student_tables().items():
            if table not in OWN_RULE:
                seen = rows_seen(table, column)
                allowed = listed
                if name == "bryn" and table in ("roster_familylink", "roster_familyright"):
                    allowed = {cast.sam.pk}  # that he is barred is his to know; nothing of Sam is
                assert seen <= allowed, table
        assert rows_seen("roster_student", "id") == listed


def test_bryn_who_is_barred_sees_nothing_of_sam_even_with_a_post_at_the_school(cast):
    staff = StaffMember.objects.create(given_name="Bryn", family_name="Baker", user=cast.users["bryn"])
    Post.objects.create(staff=staff, organisation=cast.lincoln, role_id="principal", begins_on=ON)
    with cast.looking_as("bryn"):
        seen = rows_seen("roster_student", "id")
        assert cast.students["nora"].pk in seen
        assert cast.sam.pk not in seen
        for table, column in student_tables().items():
            if table not in ("roster_familylink", "roster_familyright"):
                assert cast.sam.pk not in rows_seen(table, column), table


def test_an_adult_of_a_family_does_not_learn_of_the_other_adults(cast):
    with cast.looking_as("fay"):
        assert rows_seen("roster_familymember", "id") == {cast.family["fay"].pk}
        assert rows_seen("roster_familyright", "family_member_id") == {cast.family["fay"].pk}
    with cast.looking_as("priya"):
        assert rows_seen("roster_familymember", "id") == {cast.family["fay"].pk, cast.family["bryn"].pk}


def test_the_analyst_does_not_see_behaviour_and_the_teacher_no_sensitive_characteristic(cast):
    with cast.looking_as("ana"):
        assert rows_seen("records_behaviourincident", "student_id") == set()
        assert len(rows_seen("roster_studentcharacteristic", "student_id")) == 3
    with cast.looking_as("tess"), connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT characteristic_id FROM roster_studentcharacteristic")
        assert cursor.fetchall() == [("cohort",)]


@pytest.mark.parametrize("name", ["fay", "sam", "tess", "gus"])
def test_nobody_gives_themselves_a_right_or_a_post_by_a_forgotten_check(cast, name):
    right = FamilyRight(
        student=cast.students["omar"], family_member=cast.family["fay"], level="see", begins_on=ON
    )
    post = Post(staff=cast.staff["gus"], organisation=cast.district, role_id="principal", begins_on=ON)
    for row in (right, post):
        with pytest.raises(ProgrammingError, match="violates row-level security"), cast.looking_as(name):
            row.save()


@pytest.mark.parametrize("name", ["gus", "dina"])
def test_a_forgotten_check_changes_no_sign_in_but_ones_own(cast, name):
    with cast.looking_as(name), connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_user SET password = 'taken over'")
        assert cursor.rowcount == 1
    assert list(User.objects.filter(password="taken over")) == [cast.users[name]]
    for change in (
        "UPDATE accounts_user SET is_active = true",
        "UPDATE accounts_user SET username = 'dina2' WHERE username = 'gus'",
        "INSERT INTO accounts_user (username) VALUES ('mallory')",
    ):
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            cast.looking_as(name),
            connection.cursor() as cursor,
        ):
            cursor.execute(change)


def test_only_who_manages_posts_says_which_sign_in_stands_for_a_member_of_staff(cast):
    steal = "UPDATE roster_staffmember SET email = 'x@harbor.example'"
    for name, changed in (("gus", 0), ("priya", 0), ("dina", len(cast.staff))):
        with cast.looking_as(name), connection.cursor() as cursor:
            cursor.execute(steal)
            assert cursor.rowcount == changed, name


@pytest.mark.parametrize("table", ["imports_change", "imports_createdrows"])
def test_pages_cannot_read_what_undo_keeps_of_students(cast, table):
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        cast.looking_as("dina"),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"SELECT * FROM {table}")


def test_pages_delete_nothing_that_belongs_to_a_student(db):
    with connection.cursor() as cursor:
        for table in student_tables():
            cursor.execute("SELECT has_table_privilege('crescendo_web', %s, 'DELETE, TRUNCATE')", [table])
            assert cursor.fetchone() == (False,), table


@pytest.mark.django_db(transaction=True)
def test_a_separate_connection_as_the_real_web_role_sees_what_scope_allows_and_nothing_more():
    """No SET ROLE: what the web process itself would get, with the filter forgotten."""
    from cast import make_cast  # noqa: PLC0415

    cast = make_cast()
    settings = connection.settings_dict
    with psycopg.connect(
        host=settings["HOST"], port=settings["PORT"] or None, dbname=settings["NAME"], user="crescendo_web"
    ) as web:
        counts = {}
        for name in (None, "gus", "bryn", "fay", "tess", "priya"):
            user = str(cast.users[name].pk) if name else ""
            web.execute(
                "SELECT set_config('crescendo.viewer', %s, true), set_config('crescendo.on', %s, true)",
                [user, str(ON)],
            )
            counts[name] = [
                web.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
                for table in (
                    "roster_student",
                    "roster_enrolment",
                    "records_attendanceevent",
                    "records_courseworkresult",
                )
            ]
            web.rollback()
        assert counts == {
            None: [0, 0, 0, 0],
            "gus": [0, 0, 0, 0],
            "bryn": [0, 0, 0, 0],
            "fay": [1, 1, 1, 1],
            "tess": [2, 2, 2, 2],
            "priya": [4, 4, 2, 2],
        }
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            web.execute("SELECT count(*) FROM records_attendanceevent_2026")
