"""Nobody reads the school's plan for a child of their own, and only a team's members and leaders let others into it."""

from importlib import import_module

from django.db import migrations

from crescendo.plans.row_security import CHANGE, LED, MY_TEAMS, OPEN, READ

COUNT = import_module("crescendo.plans.migrations.0002_row_security").COUNT

PLANS = f"""
ALTER POLICY plans_plan_read ON plans_plan USING ({READ});
ALTER POLICY plans_plan_insert ON plans_plan WITH CHECK ({OPEN});
ALTER POLICY plans_plan_update ON plans_plan USING ({CHANGE}) WITH CHECK ({CHANGE});
{COUNT.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")}
"""

# Asked by the policy about its own table: a function, so that the policy does not ask itself.
TEAM_IS_NEW = """
CREATE FUNCTION plans_team_is_new(team bigint) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    RETURN NOT EXISTS (SELECT 1 FROM plans_teammember m WHERE m.team_id = team)
        AND EXISTS (SELECT 1 FROM plans_team t WHERE t.id = team AND t.organisation_id = ANY (plans_my_places()));
END $$;
"""
MEMBER = (
    f"plans_teammember.team_id = ANY {MY_TEAMS} OR EXISTS (SELECT 1 FROM plans_team t "
    f"WHERE t.id = plans_teammember.team_id AND t.organisation_id = ANY {LED})"
)
MAKER = "(plans_teammember.staff_id = (SELECT plans_me()) AND plans_team_is_new(plans_teammember.team_id))"
MEMBERS = f"""
ALTER POLICY plans_teammember_insert ON plans_teammember WITH CHECK ({MEMBER} OR {MAKER});
ALTER POLICY plans_teammember_update ON plans_teammember USING ({MEMBER}) WITH CHECK ({MEMBER});
ALTER POLICY plans_teammember_delete ON plans_teammember USING ({MEMBER});
"""
BEFORE = (
    "EXISTS (SELECT 1 FROM plans_team t WHERE t.id = plans_teammember.team_id "
    "AND t.organisation_id = ANY ((SELECT plans_my_places())::bigint[]))"
)
MEMBERS_BEFORE = f"""
ALTER POLICY plans_teammember_insert ON plans_teammember WITH CHECK ({BEFORE});
ALTER POLICY plans_teammember_update ON plans_teammember USING ({BEFORE}) WITH CHECK ({BEFORE});
ALTER POLICY plans_teammember_delete ON plans_teammember USING ({BEFORE});
DROP FUNCTION plans_team_is_new(bigint);
"""


class Migration(migrations.Migration):
    dependencies = [("plans", "0003_reminders")]

    operations = [
        migrations.RunSQL(PLANS, migrations.RunSQL.noop),
        migrations.RunSQL(TEAM_IS_NEW + MEMBERS, MEMBERS_BEFORE),
    ]
