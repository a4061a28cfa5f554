"""Row-level security on what happened to a student. Policies stand on the partitioned parents."""

from django.db import migrations

from crescendo.roster.row_security import VISIBLE_AS_STAFF, policy, student_policy

BEHAVIOUR = """
EXISTS (SELECT 1 FROM crescendo_visible v WHERE v.student_id = records_behaviourincident.student_id
        AND (v.reason IN ('family', 'self') OR (SELECT crescendo_may('behaviour.see'))))
"""


class Migration(migrations.Migration):
    dependencies = [("records", "0002_facts"), ("roster", "0002_scope")]

    operations = [
        student_policy("records_attendanceevent", permission="records.correct"),
        student_policy("records_assessmentresult", permission="records.correct"),
        student_policy("records_courseworkresult", permission="records.correct"),
        student_policy("records_participationcheck"),
        student_policy("records_activityevent", permission="records.correct"),
        student_policy("records_courseoutcome", permission="records.correct"),
        student_policy("records_correction", permission="records.correct"),
        policy(
            "records_behaviourincident",
            BEHAVIOUR,
            VISIBLE_AS_STAFF.format(column="records_behaviourincident.student_id")
            + " AND (SELECT crescendo_may('behaviour.see'))",
        ),
    ]
