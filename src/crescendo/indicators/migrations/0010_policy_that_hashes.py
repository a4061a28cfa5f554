"""The same rows of students' values are seen; PostgreSQL asks for the reader's scope once in a statement.

In 0004 the question about behaviour stood inside the question whether the reader sees the student, so that it was asked
anew for each row: for a district's list a hundred thousand times.
"""

from django.db import migrations

SEEN = "EXISTS (SELECT 1 FROM crescendo_visible v WHERE v.student_id = indicators_studentvalue.student_id{reason})"
READ = f"""
ALTER POLICY indicators_studentvalue_read ON indicators_studentvalue USING (
    {SEEN.format(reason="")}
    AND (indicators_studentvalue.indicator NOT LIKE 'behaviour%'
         OR (SELECT crescendo_may('behaviour.see'))
         OR {SEEN.format(reason=" AND v.reason IN ('family', 'self')")})
)
"""
BEFORE = """
ALTER POLICY indicators_studentvalue_read ON indicators_studentvalue USING (
    EXISTS (SELECT 1 FROM crescendo_visible v WHERE v.student_id = indicators_studentvalue.student_id
            AND (indicators_studentvalue.indicator NOT LIKE 'behaviour%'
                 OR v.reason IN ('family', 'self') OR (SELECT crescendo_may('behaviour.see'))))
)
"""


class Migration(migrations.Migration):
    dependencies = [("indicators", "0009_live"), ("roster", "0002_scope")]

    operations = [migrations.RunSQL(READ, BEFORE)]
