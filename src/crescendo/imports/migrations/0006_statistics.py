"""What PostgreSQL knows of a table's contents, refreshed when an import has filled it.

Autovacuum does it a minute or more later. Until then the planner takes a table of 5,000 students for one that holds
almost none, and a question of milliseconds lasted minutes: who of a school's students may be seen, in the first marks after
the first import. Only the owner of a table may do it, so the worker asks through this function.
"""

from django.db import migrations

REFRESH = """
CREATE FUNCTION crescendo_refresh_statistics(tables text[], new_rows bigint[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    found record;
BEGIN
    FOR found IN
        SELECT c.relname FROM unnest(tables, new_rows) AS filled (name, n)
        JOIN pg_class c ON c.relname = filled.name AND c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
        WHERE filled.n > 50 + 0.1 * greatest(c.reltuples, 0)  -- as autovacuum decides
    LOOP
        EXECUTE format('ANALYZE (SKIP_LOCKED) public.%I', found.relname);
    END LOOP;
END $$;
REVOKE ALL ON FUNCTION crescendo_refresh_statistics(text[], bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION crescendo_refresh_statistics(text[], bigint[]) TO crescendo_worker;
"""


class Migration(migrations.Migration):
    dependencies = [("imports", "0005_pick_up")]

    operations = [
        migrations.RunSQL(REFRESH, "DROP FUNCTION crescendo_refresh_statistics(text[], bigint[])"),
    ]
