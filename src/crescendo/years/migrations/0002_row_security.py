"""Lines are seen as their students are. A turn is seen by whoever sets up the site; its counts are of all students.

`crescendo_turn_groups` runs as the owner: a count that left out the students whom its reader may not see would be wrong,
and it names nobody.
"""

from django.db import migrations

from crescendo.roster.row_security import policy, student_policy

SETS_UP = "(SELECT crescendo_may('site.set_up'))"
GROUPS = """
CREATE FUNCTION crescendo_turn_groups(turn bigint) RETURNS TABLE (
    school_id bigint, grade_level varchar, next_grade varchar, why varchar, fate varchar, to_school_id bigint,
    is_chosen boolean, students bigint
) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF current_setting('role') = 'crescendo_web' AND NOT crescendo_may('site.set_up') THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT l.school_id, l.grade_level, l.next_grade, l.why, l.fate, l.to_school_id, l.chosen_by_id IS NOT NULL, count(*)
    FROM years_line l WHERE l.turn_id = turn GROUP BY 1, 2, 3, 4, 5, 6, 7;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("years", "0001_turn"), ("roster", "0002_scope")]

    operations = [
        policy("years_turn", SETS_UP, SETS_UP),
        policy("years_progress", SETS_UP, "false"),
        student_policy("years_line", permission="site.set_up"),
        migrations.RunSQL(GROUPS, "DROP FUNCTION crescendo_turn_groups(bigint)"),
    ]
