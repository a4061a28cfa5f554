"""The first facts of a school year: filled apart without indexes, then indexed and shown in one step.

Five million rows into a partition with three indexes cost more than twice as much as filling it first. Nobody reads a
year that is not there yet, so nobody waits: attaching lets readers of the other years go on.
"""

from django.db import migrations

# Null where the year is there already: its rows go through the parent. The id comes from the parent's own sequence.
BEGIN_YEAR = """
CREATE FUNCTION crescendo_begin_school_year(parent regclass, year integer) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    partition text := parent::text || '_' || year;
BEGIN
    IF year NOT BETWEEN 1900 AND 2200 THEN
        RAISE EXCEPTION 'School year % is not between 1900 and 2200. Write the year in which it ends.', year;
    END IF;
    PERFORM FROM pg_partitioned_table p
        JOIN pg_class c ON c.oid = p.partrelid AND c.relnamespace = 'public'::regnamespace
        JOIN pg_attribute a ON a.attrelid = p.partrelid AND a.attnum = p.partattrs[0]
        WHERE p.partrelid = parent AND p.partstrat = 'l' AND p.partnatts = 1 AND a.attname = 'school_year';
    IF NOT FOUND THEN
        RAISE EXCEPTION '% is not partitioned by school year.', parent;
    END IF;
    PERFORM pg_advisory_xact_lock(7214, year);
    IF to_regclass(partition) IS NOT NULL THEN
        RETURN NULL;
    END IF;
    EXECUTE format('CREATE TABLE public.%I (LIKE %s INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', partition, parent);
    EXECUTE format('ALTER TABLE public.%I ALTER COLUMN id SET DEFAULT nextval(%L::regclass)',
                   partition, pg_get_serial_sequence(parent::text, 'id'));
    EXECUTE format('REVOKE ALL ON public.%I FROM PUBLIC, crescendo_web', partition);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON public.%I TO crescendo_worker', partition);
    RETURN partition;
END $$;
REVOKE ALL ON FUNCTION crescendo_begin_school_year(regclass, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION crescendo_begin_school_year(regclass, integer) TO crescendo_worker;
"""

# Attaching makes the parent's keys and indexes on the partition, and refuses rows of another year or two with one key.
SHOW_YEAR = """
CREATE FUNCTION crescendo_show_school_year(parent regclass, year integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET maintenance_work_mem = '256MB' AS $$
DECLARE
    partition text := parent::text || '_' || year;
BEGIN
    EXECUTE format('ALTER TABLE public.%I ALTER COLUMN id DROP DEFAULT', partition);
    EXECUTE format('ALTER TABLE %s ATTACH PARTITION public.%I FOR VALUES IN (%s)', parent, partition, year);
END $$;
REVOKE ALL ON FUNCTION crescendo_show_school_year(regclass, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION crescendo_show_school_year(regclass, integer) TO crescendo_worker;
"""


class Migration(migrations.Migration):
    dependencies = [("records", "0004_erasure")]

    operations = [
        migrations.RunSQL(BEGIN_YEAR, "DROP FUNCTION crescendo_begin_school_year(regclass, integer)"),
        migrations.RunSQL(SHOW_YEAR, "DROP FUNCTION crescendo_show_school_year(regclass, integer)"),
    ]
