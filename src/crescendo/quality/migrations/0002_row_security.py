"""Rows that fail a rule are for whoever watches over the data and sees the student; the worker alone writes them."""

from django.db import migrations

from crescendo.roster.row_security import VISIBLE, policy

MAY = "(SELECT crescendo_may('quality.see') OR crescendo_may('imports.run'))"
ROW = f"{MAY} AND (student_id IS NULL OR {VISIBLE.format(column='quality_foundrow.student_id')})"
FORGET = """
CREATE FUNCTION quality_forget_student(student bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM crescendo_require_may_erase(student);
    DELETE FROM quality_foundrow WHERE student_id = student;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("quality", "0001_initial"), ("roster", "0004_erasure")]

    operations = [
        policy("quality_foundrow", ROW, "false"),
        migrations.RunSQL(FORGET, "DROP FUNCTION quality_forget_student(bigint)"),
    ]
