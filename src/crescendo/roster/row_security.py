"""The second lock: which rows PostgreSQL lets a page see, whatever the page forgot.

`crescendo_visible` (a view, made in migration 0002) lists the students that the viewer of this transaction may see
today, and why. Every table that belongs to a student carries a policy that asks it. The view is plain SQL, so the
planner asks it once per student on a student's page, and once per statement on a district's list.
"""

from django.db import migrations

VISIBLE = "EXISTS (SELECT 1 FROM crescendo_visible v WHERE v.student_id = {column})"
VISIBLE_AS_STAFF = (
    "EXISTS (SELECT 1 FROM crescendo_visible v WHERE v.student_id = {column} "
    "AND v.reason IN ('organisation', 'class'))"
)


def policy(table: str, read: str, write: str) -> migrations.RunSQL:
    """A migration operation: the web role sees rows of `table` that meet `read` and changes rows that meet `write`.

    Forced, so that the owner without its bypass is bound too.
    """
    return migrations.RunSQL(
        f"""
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
        CREATE POLICY {table}_read ON {table} FOR SELECT TO crescendo_web USING ({read});
        CREATE POLICY {table}_insert ON {table} FOR INSERT TO crescendo_web WITH CHECK ({write});
        CREATE POLICY {table}_update ON {table} FOR UPDATE TO crescendo_web USING ({write}) WITH CHECK ({write});
        CREATE POLICY {table}_delete ON {table} FOR DELETE TO crescendo_web USING ({write});
        """,
        f"""
        DROP POLICY {table}_read ON {table};
        DROP POLICY {table}_insert ON {table};
        DROP POLICY {table}_update ON {table};
        DROP POLICY {table}_delete ON {table};
        ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;
        ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
        """,
    )


def student_policy(table: str, column: str = "student_id", permission: str = "") -> migrations.RunSQL:
    """Rows of `table` are seen by whoever may see the student named in `column`; staff who see the student may write.

    In your migration: `dependencies = [..., ("roster", "0002_scope")]`, then
    `operations = [student_policy("indicators_studentvalue")]`. A `permission` narrows the writing.
    """
    column = f"{table}.{column}"
    write = VISIBLE_AS_STAFF.format(column=column)
    if permission:
        write += f" AND (SELECT crescendo_may('{permission}'))"
    return policy(table, VISIBLE.format(column=column), write)
