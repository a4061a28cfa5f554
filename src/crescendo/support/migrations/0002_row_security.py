"""Who may read and write support, whatever a page forgot; what a family reads of a plan; and how an erased student's
words go."""

from django.db import migrations

from crescendo.roster.row_security import policy

# A plan is read by staff alone (`plans`). The family and the student read the two views below, which hold the goal and
# the scores and nothing that staff wrote for one another.
OWN = "EXISTS (SELECT 1 FROM crescendo_visible v WHERE v.student_id = {column} AND v.reason IN ('family', 'self'))"
PLAN_SEEN = "EXISTS (SELECT 1 FROM plans_plan WHERE plans_plan.id = support_supportplan.plan_id)"
READ = f"{PLAN_SEEN} OR {OWN.format(column='support_supportplan.student_id')}"

# Nobody keeps the record of their own child.
WRITE = f"""
(SELECT crescendo_may('support.write')) AND {PLAN_SEEN}
AND (support_supportplan.student_id IS NULL OR NOT {OWN.format(column="support_supportplan.student_id")})
"""


def of_support(table: str, more: str) -> str:
    """Rows that hang on a support plan go with it."""
    return f"EXISTS (SELECT 1 FROM support_supportplan WHERE support_supportplan.id = {table}.support_id AND ({more}))"


OF_NOTE = (
    "EXISTS (SELECT 1 FROM support_delivery JOIN support_supportplan ON support_supportplan.id = support_delivery.support_id "
    f"WHERE support_delivery.id = support_deliverynote.delivery_id AND ({WRITE}))"
)

FAMILY_VIEWS = f"""
CREATE VIEW support_goal_told WITH (security_barrier) AS
SELECT s.id AS support_id, p.measure_kind, p.indicator, p.assessment_family, p.assessment_subject, p.own_measure, p.unit,
       p.baseline, p.baseline_on, p.target, p.direction, p.begins_on, p.due_on, p.state, p.outcome, p.last_value,
       p.last_value_on, p.closed_at
FROM support_supportplan s JOIN plans_plan p ON p.id = s.plan_id
WHERE p.state <> 'draft' AND {OWN.format(column="s.student_id")};

CREATE VIEW support_score_told WITH (security_barrier) AS
SELECT s.id AS support_id, c."on", c.value
FROM support_supportplan s
JOIN plans_plan p ON p.id = s.plan_id AND p.state <> 'draft'
JOIN plans_checkin c ON c.plan_id = p.id AND c.value IS NOT NULL
WHERE {OWN.format(column="s.student_id")};
"""
DROP_VIEWS = "DROP VIEW support_goal_told, support_score_told;"

FORGET = """
CREATE FUNCTION support_forget_student(student bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM crescendo_require_may_erase(student);
    UPDATE support_deliverynote SET text = '' WHERE delivery_id IN (
        SELECT d.id FROM support_delivery d JOIN support_supportplan s ON s.id = d.support_id
        WHERE s.student_id = student);
    UPDATE support_supportplan SET strategy = '' WHERE student_id = student;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("support", "0001_initial"),
        ("plans", "0002_row_security"),
        ("roster", "0005_staff_rows"),
        ("accounts", "0005_permissions_of_the_loop"),
    ]

    operations = [
        policy("support_supportplan", READ, WRITE),
        policy("support_rhythm", of_support("support_rhythm", "true"), of_support("support_rhythm", WRITE)),
        policy(
            "support_delivery", of_support("support_delivery", "true"), of_support("support_delivery", WRITE)
        ),
        policy("support_deliverynote", OF_NOTE, OF_NOTE),
        migrations.RunSQL(FAMILY_VIEWS, DROP_VIEWS),
        migrations.RunSQL(FORGET, "DROP FUNCTION support_forget_student(bigint)"),
    ]
