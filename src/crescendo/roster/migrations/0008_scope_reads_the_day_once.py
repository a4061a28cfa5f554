"""Who may see which student: the same answer, with the school's day read once in a statement.

`crescendo_today()` parses a setting of the transaction. In the conditions of 0002 PostgreSQL did so for every enrolment
two or three times, which was most of what a district's lists cost; behind a SELECT it does so once.
"""

from django.db import migrations

VISIBLE = """
CREATE OR REPLACE VIEW crescendo_visible WITH (security_barrier) AS
SELECT seen.student_id, seen.reason, seen.via_id
FROM (
    -- The school has the student today, or had until at most 90 days ago. Enrolments loaded early do not count yet.
    SELECT e.student_id, 'organisation'::text AS reason, e.school_id AS via_id
    FROM roster_enrolment e
    WHERE e.school_id = ANY ((SELECT crescendo_viewer_schools())::bigint[])
      AND e.entry_on <= {today}
      AND (e.exit_on IS NULL OR e.exit_on >= {lately})
      AND (e.ended_on IS NULL OR e.ended_on >= {lately})
  UNION ALL
    SELECT ce.student_id, 'class', ce.school_class_id
    FROM roster_classenrolment ce
    WHERE ce.school_class_id = ANY ((SELECT crescendo_viewer_classes())::bigint[])
      AND ce.begins_on <= {today} AND (ce.ends_on IS NULL OR ce.ends_on >= {today})
      AND (ce.ended_on IS NULL OR ce.ended_on > {today})
  UNION ALL
    SELECT own.student_id, own.reason, own.via_id FROM crescendo_viewer_own() own
) seen
-- Barred wins over every reason, a post at the child's school included.
WHERE seen.student_id <> ALL ((SELECT crescendo_viewer_barred())::bigint[]);
"""
ONCE = VISIBLE.format(today="(SELECT crescendo_today())", lately="(SELECT crescendo_today() - 90)")
EACH_ROW = VISIBLE.format(today="crescendo_today()", lately="crescendo_today() - 90")


class Migration(migrations.Migration):
    dependencies = [("roster", "0007_areas")]

    operations = [migrations.RunSQL(ONCE, EACH_ROW)]
