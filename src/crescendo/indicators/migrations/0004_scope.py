"""Row-level security on students' values: they are seen with the student, behaviour by its own permission."""

from django.db import migrations

from crescendo.roster.row_security import policy

READ = """
EXISTS (SELECT 1 FROM crescendo_visible v WHERE v.student_id = indicators_studentvalue.student_id
        AND (indicators_studentvalue.indicator NOT LIKE 'behaviour%'
             OR v.reason IN ('family', 'self') OR (SELECT crescendo_may('behaviour.see'))))
"""


class Migration(migrations.Migration):
    dependencies = [
        ("indicators", "0003_fact_changes"),
        ("roster", "0002_scope"),
        ("accounts", "0002_roles_and_permissions"),
    ]

    operations = [policy("indicators_studentvalue", READ, "false")]
