"""Triggers that count changes to every table a dataset reads, so that a measurement reads again only what changed.

`indicators_watch(table)` puts them on one table; an app that offers a dataset calls it in a migration of its own.
They are statement triggers with the changed rows at hand: they say exactly which school years changed, cost one row
per statement, and fire whoever writes. Partitions are written through their parent only (nobody else may).
"""

from django.db import migrations

WATCHED = [
    "roster_organisation",
    "roster_student",
    "roster_enrolment",
    "roster_calendar",
    "roster_calendarday",
    "roster_studentcharacteristic",
    "records_assessment",
    "records_courseworkitem",
    "records_attendanceevent",
    "records_attendancesubmission",
    "records_assessmentresult",
    "records_courseworkresult",
    "records_participationcheck",
    "records_activityevent",
    "records_behaviourincident",
    "records_courseoutcome",
]

# A page that records one tap may write here only through this function.
NOTE = """
CREATE FUNCTION indicators_note_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        INSERT INTO indicators_factchange ("table", school_year, changes) VALUES (TG_TABLE_NAME, 0, 1);
    ELSIF TG_ARGV[0] = 'by year' THEN
        INSERT INTO indicators_factchange ("table", school_year, changes)
        SELECT TG_TABLE_NAME, school_year, 1 FROM changed GROUP BY school_year;
        IF TG_OP = 'UPDATE' THEN
            INSERT INTO indicators_factchange ("table", school_year, changes)
            SELECT TG_TABLE_NAME, school_year, 1 FROM was GROUP BY school_year;
        END IF;
    ELSIF EXISTS (SELECT FROM changed) THEN
        INSERT INTO indicators_factchange ("table", school_year, changes) VALUES (TG_TABLE_NAME, 0, 1);
    END IF;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION indicators_note_change() FROM PUBLIC;
"""

# Rows that are there already count as one change, so that a year is known from the start.
WATCH = """
CREATE FUNCTION indicators_watch(watched regclass) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    grain text := 'whole';
BEGIN
    PERFORM FROM pg_attribute WHERE attrelid = watched AND attname = 'school_year' AND NOT attisdropped;
    IF FOUND THEN
        grain := 'by year';
        EXECUTE format('INSERT INTO indicators_factchange ("table", school_year, changes)
                        SELECT %L, school_year, 1 FROM %s GROUP BY school_year', watched::text, watched);
    END IF;
    EXECUTE format('CREATE TRIGGER indicators_inserted AFTER INSERT ON %s REFERENCING NEW TABLE AS changed
                    FOR EACH STATEMENT EXECUTE FUNCTION indicators_note_change(%L)', watched, grain);
    EXECUTE format('CREATE TRIGGER indicators_updated AFTER UPDATE ON %s REFERENCING NEW TABLE AS changed
                    OLD TABLE AS was FOR EACH STATEMENT EXECUTE FUNCTION indicators_note_change(%L)', watched, grain);
    EXECUTE format('CREATE TRIGGER indicators_deleted AFTER DELETE ON %s REFERENCING OLD TABLE AS changed
                    FOR EACH STATEMENT EXECUTE FUNCTION indicators_note_change(%L)', watched, grain);
    EXECUTE format('CREATE TRIGGER indicators_emptied AFTER TRUNCATE ON %s
                    FOR EACH STATEMENT EXECUTE FUNCTION indicators_note_change(%L)', watched, grain);
END $$;
"""

UNWATCH = """
DO $$
DECLARE found record;
BEGIN
    FOR found IN
        SELECT tgname, tgrelid::regclass AS watched FROM pg_trigger
        WHERE tgfoid = 'indicators_note_change'::regproc AND tgparentid = 0
    LOOP
        EXECUTE format('DROP TRIGGER %I ON %s', found.tgname, found.watched);
    END LOOP;
END $$;
DROP FUNCTION indicators_watch(regclass);
DROP FUNCTION indicators_note_change();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("indicators", "0002_results"),
        ("records", "0002_facts"),
        ("roster", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL([NOTE, WATCH], UNWATCH),
        *(
            migrations.RunSQL(f"SELECT indicators_watch('{table}')", migrations.RunSQL.noop)
            for table in WATCHED
        ),
    ]
