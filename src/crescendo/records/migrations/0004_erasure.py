"""Forgetting an erased student's facts. It must reach every fact, those too that the eraser may not read."""

from django.db import migrations

# The source's own keys often hold the student's number; comments and corrections are words about the person.
FORGET = """
CREATE FUNCTION crescendo_forget_facts(student bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE facts regclass;
BEGIN
    PERFORM crescendo_require_may_erase(student);
    FOR facts IN
        SELECT c.oid::regclass
        FROM pg_class c
        JOIN pg_attribute s ON s.attrelid = c.oid AND s.attname = 'student_id'
        JOIN pg_attribute k ON k.attrelid = c.oid AND k.attname = 'source_key'
        WHERE c.relkind = 'p' AND c.relnamespace = 'public'::regnamespace
        ORDER BY c.relname
    LOOP
        EXECUTE format('UPDATE %s SET source_key = ''erased:'' || id WHERE student_id = $1', facts) USING student;
    END LOOP;
    UPDATE records_courseworkresult SET comment = '', score_text = '' WHERE student_id = student;
    UPDATE records_activityevent SET title = '' WHERE student_id = student;
    UPDATE records_correction SET before = '{}', after = '{}', reason = '' WHERE student_id = student;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("records", "0003_scope"), ("roster", "0004_erasure")]

    operations = [migrations.RunSQL(FORGET, "DROP FUNCTION crescendo_forget_facts(bigint)")]
