"""A school's day closed by hand, work changed and withdrawn; and a day is completed by nobody of another school."""

from importlib import import_module

from django.db import migrations

COMPLETE = import_module("crescendo.records.migrations.0007_registers").COMPLETE

# The permission alone let a teacher of one school complete the day of another, if the page ever asked for it.
OF_THE_SCHOOL = """crescendo_may('attendance.record') AND (
        school = ANY (crescendo_viewer_schools())
        OR EXISTS (SELECT FROM roster_schoolclass c
                   WHERE c.school_id = school AND c.id = ANY (crescendo_viewer_classes())))"""
COMPLETE_THERE = COMPLETE.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION").replace(
    "IF NOT crescendo_may('attendance.record') THEN", f"IF NOT ({OF_THE_SCHOOL}) THEN"
)

# Whoever reaches every student of the school says that the day is known. The row is told from a day that completed
# itself by its key, so that only what a hand closed is opened again by one.
CLOSE = """
CREATE FUNCTION crescendo_close_day(school bigint, year integer, day date, closes boolean) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    by_hand text := school || ':' || day || ':by hand';
BEGIN
    IF NOT (crescendo_may('attendance.record') AND school = ANY (crescendo_viewer_schools())) THEN
        RAISE EXCEPTION 'Only those who keep the attendance of school % can close its day.', school
            USING ERRCODE = '42501';
    END IF;
    IF day > crescendo_today() THEN
        RAISE EXCEPTION 'The day % has not come yet.', day USING ERRCODE = '22023';
    END IF;
    PERFORM pg_advisory_xact_lock(7217, school::integer);
    IF NOT closes THEN
        DELETE FROM records_attendancesubmission s
            WHERE s.school_year = year AND s.source = 'crescendo' AND s.source_key = by_hand;
        RETURN FOUND;
    END IF;
    PERFORM FROM records_attendancesubmission s
        WHERE s.school_id = school AND s.school_year = year AND s."on" = day;
    IF FOUND THEN
        RETURN false;
    END IF;
    PERFORM crescendo_ensure_marked_year(year);
    INSERT INTO records_attendancesubmission (school_id, "on", school_year, source, source_key)
    VALUES (school, day, year, 'crescendo', by_hand);
    RETURN true;
END $$;
REVOKE ALL ON FUNCTION crescendo_close_day(bigint, integer, date, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION crescendo_close_day(bigint, integer, date, boolean) TO crescendo_web;
"""

# Work of ours alone: what a source owns stays the source's. What the row said before stays with it. Withdrawn work
# ends on its due day at the latest, which is how work that was never due is told from the rest.
CHANGE = """
CREATE FUNCTION crescendo_change_coursework(item_id bigint, new_title text, new_due date, new_most double precision,
                                            is_over boolean, changed_at timestamptz)
RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    found records_courseworkitem;
BEGIN
    SELECT * INTO found FROM records_courseworkitem i WHERE i.id = item_id FOR UPDATE;
    IF found.id IS NULL OR found.source <> 'crescendo' THEN
        RAISE EXCEPTION 'Work % was not added here.', item_id USING ERRCODE = '42501';
    END IF;
    IF NOT ((crescendo_may('scores.record') AND found.school_class_id = ANY (crescendo_viewer_classes()))
            OR (crescendo_may('records.correct') AND EXISTS (
                SELECT FROM roster_schoolclass c
                WHERE c.id = found.school_class_id AND c.school_id = ANY (crescendo_viewer_schools())))) THEN
        RAISE EXCEPTION 'Only those who teach class % can change its work.', found.school_class_id
            USING ERRCODE = '42501';
    END IF;
    IF btrim(new_title) = '' OR NOT (new_most > 0 AND new_most <= 1000000) THEN
        RAISE EXCEPTION 'A piece of work has a title and a highest score above 0.' USING ERRCODE = '22023';
    END IF;
    IF (found.title, found.due_on, found.score_max, found.ended_on IS NOT NULL)
        IS NOT DISTINCT FROM (new_title, new_due, new_most, is_over) THEN
        RETURN false;
    END IF;
    UPDATE records_courseworkitem SET
        title = new_title, due_on = new_due, score_max = new_most, assigned_on = least(assigned_on, new_due),
        ended_on = CASE WHEN is_over THEN least(crescendo_today(), new_due) END,
        metadata = jsonb_set(metadata, '{was}', coalesce(metadata->'was', '[]') || jsonb_build_object(
            'until', changed_at, 'changed_by', crescendo_viewer(), 'title', found.title, 'due_on', found.due_on,
            'score_max', found.score_max, 'ended_on', found.ended_on))
    WHERE id = item_id;
    RETURN true;
END $$;
REVOKE ALL ON FUNCTION crescendo_change_coursework(bigint, text, date, double precision, boolean, timestamptz)
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION crescendo_change_coursework(bigint, text, date, double precision, boolean, timestamptz)
    TO crescendo_web;
"""


class Migration(migrations.Migration):
    dependencies = [("records", "0009_coursework_made_here")]

    operations = [
        migrations.RunSQL(COMPLETE_THERE, COMPLETE.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")),
        migrations.RunSQL(CLOSE, "DROP FUNCTION crescendo_close_day(bigint, integer, date, boolean)"),
        migrations.RunSQL(
            CHANGE,
            "DROP FUNCTION crescendo_change_coursework"
            "(bigint, text, date, double precision, boolean, timestamptz)",
        ),
    ]
