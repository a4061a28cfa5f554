"""A lesson's first tap may be the first fact of its school year: the page asks for the year, and only for a class's own."""

from django.db import migrations

ENSURE_TAUGHT_YEAR = """
CREATE FUNCTION crescendo_ensure_taught_year(class_id bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    year integer := (SELECT c.school_year FROM roster_schoolclass c WHERE c.id = class_id);
BEGIN
    -- Asked at every tap: nobody waits for a lock once the year is there.
    IF year IS NOT NULL AND to_regclass('records_participationcheck_' || year) IS NULL THEN
        PERFORM crescendo_ensure_school_year(year);
    END IF;
END $$;
REVOKE ALL ON FUNCTION crescendo_ensure_taught_year(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION crescendo_ensure_taught_year(bigint) TO crescendo_web, crescendo_worker;
"""


class Migration(migrations.Migration):
    dependencies = [("records", "0005_bulk_load"), ("roster", "0001_initial")]

    operations = [
        migrations.RunSQL(ENSURE_TAUGHT_YEAR, "DROP FUNCTION crescendo_ensure_taught_year(bigint)"),
    ]
