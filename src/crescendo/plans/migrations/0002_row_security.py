"""Who may read which plan, and who may write it, whatever a page forgot."""

from django.db import migrations

from crescendo.plans.row_security import CHANGE, LEADS, OPEN, READ, of_plan
from crescendo.roster.row_security import policy

# Small sets about the viewer of the transaction, as in the roster's second migration: each is asked once a statement.
SMALL_SETS = """
CREATE FUNCTION plans_me() RETURNS bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    -- Without a post today nobody works here: no plan is theirs to read.
    RETURN (SELECT p.staff_id FROM crescendo_viewer_post() p LIMIT 1);
END $$;

CREATE FUNCTION plans_my_plans() RETURNS bigint[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    RETURN ARRAY(
        SELECT s.plan_id FROM plans_share s WHERE s.staff_id = plans_me() AND s.ended_at IS NULL
        UNION
        SELECT a.plan_id FROM plans_action a WHERE a.accountable_id = plans_me()
    );
END $$;

CREATE FUNCTION plans_my_teams() RETURNS bigint[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    RETURN ARRAY(
        SELECT m.team_id FROM plans_teammember m
        WHERE m.staff_id = plans_me() AND (m.ended_on IS NULL OR m.ended_on > crescendo_today())
    );
END $$;

CREATE FUNCTION plans_my_places() RETURNS bigint[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    -- Where one works, what lies below it, and what lies above: not the school next door.
    RETURN ARRAY(
        WITH RECURSIVE below AS (
            SELECT p.organisation_id AS id FROM crescendo_viewer_post() p
            UNION SELECT o.id FROM roster_organisation o JOIN below b ON o.parent_id = b.id
        ), above AS (
            SELECT o.id, o.parent_id FROM roster_organisation o JOIN crescendo_viewer_post() p ON p.organisation_id = o.id
            UNION SELECT o.id, o.parent_id FROM roster_organisation o JOIN above a ON o.id = a.parent_id
        )
        SELECT id FROM below UNION SELECT id FROM above
    );
END $$;

CREATE FUNCTION plans_my_led() RETURNS bigint[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    RETURN ARRAY(
        WITH RECURSIVE below AS (
            SELECT p.organisation_id AS id FROM crescendo_viewer_post() p
            JOIN accounts_role_permissions rp ON rp.role_id = p.role_id AND rp.permission_id = 'plans.write'
            UNION SELECT o.id FROM roster_organisation o JOIN below b ON o.parent_id = b.id
        )
        SELECT id FROM below
    );
END $$;
"""
DROP_SETS = "DROP FUNCTION plans_my_plans(), plans_my_teams(), plans_my_places(), plans_my_led(), plans_me();"

POLICIES = f"""
ALTER TABLE plans_plan ENABLE ROW LEVEL SECURITY;
ALTER TABLE plans_plan FORCE ROW LEVEL SECURITY;
CREATE POLICY plans_plan_read ON plans_plan FOR SELECT TO crescendo_web USING ({READ});
CREATE POLICY plans_plan_insert ON plans_plan FOR INSERT TO crescendo_web WITH CHECK ({OPEN});
CREATE POLICY plans_plan_update ON plans_plan FOR UPDATE TO crescendo_web USING ({CHANGE}) WITH CHECK ({CHANGE});
"""
DROP_POLICIES = """
DROP POLICY plans_plan_read ON plans_plan;
DROP POLICY plans_plan_insert ON plans_plan;
DROP POLICY plans_plan_update ON plans_plan;
ALTER TABLE plans_plan NO FORCE ROW LEVEL SECURITY;
ALTER TABLE plans_plan DISABLE ROW LEVEL SECURITY;
"""

# The eraser may not be among those who see the child's plans; the words have to go all the same.
FORGET = """
CREATE FUNCTION plans_forget_student(student bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE ids bigint[];
BEGIN
    PERFORM crescendo_require_may_erase(student);
    ids := ARRAY(SELECT id FROM plans_plan WHERE student_id = student);
    UPDATE plans_plan SET title = 'erased', statement = '', why = '', opened_from = '', what_happened = '',
        learned = '', own_measure = '' WHERE id = ANY(ids);
    UPDATE plans_action SET what = 'erased', resources = '', evidence = '' WHERE plan_id = ANY(ids);
    UPDATE plans_checkin SET comment = '' WHERE plan_id = ANY(ids);
    UPDATE plans_review SET reason = '' WHERE plan_id = ANY(ids);
    UPDATE plans_goalrevision SET before = '{}', after = '{}', reason = '' WHERE plan_id = ANY(ids);
END $$;
"""

# A school's plan says how many students' plans hang under it, also to those who may not know whose they are.
COUNT = f"""
CREATE FUNCTION plans_count_children(parent bigint) RETURNS TABLE (kind text, under_way bigint, closed bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM plans_plan WHERE plans_plan.id = parent AND ({READ})) THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT c.subject_kind::text, count(*) FILTER (WHERE c.state = 'active'), count(*) FILTER (WHERE c.state = 'closed')
    FROM plans_plan c WHERE c.parent_id = parent AND c.visibility <> 'private' AND c.state <> 'draft'
    GROUP BY c.subject_kind;
END $$;
"""

STEPS = ("plans_action", "plans_checkin", "plans_review", "plans_goalrevision")


class Migration(migrations.Migration):
    dependencies = [
        ("plans", "0001_initial"),
        ("roster", "0005_staff_rows"),
        ("accounts", "0005_permissions_of_the_loop"),
    ]

    operations = [
        migrations.RunSQL(SMALL_SETS, DROP_SETS),
        migrations.RunSQL(POLICIES, DROP_POLICIES),
        *(policy(table, of_plan(table), of_plan(table)) for table in STEPS),
        policy("plans_share", of_plan("plans_share"), of_plan("plans_share", LEADS)),
        policy(
            "plans_team",
            "(SELECT plans_me()) IS NOT NULL",
            "plans_team.organisation_id = ANY ((SELECT plans_my_places())::bigint[])",
        ),
        policy(
            "plans_teammember",
            "(SELECT plans_me()) IS NOT NULL",
            "EXISTS (SELECT 1 FROM plans_team t WHERE t.id = plans_teammember.team_id "
            "AND t.organisation_id = ANY ((SELECT plans_my_places())::bigint[]))",
        ),
        migrations.RunSQL(COUNT, "DROP FUNCTION plans_count_children(bigint)"),
        migrations.RunSQL(FORGET, "DROP FUNCTION plans_forget_student(bigint)"),
    ]
