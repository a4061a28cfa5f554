"""Who may see which student today, and why: said once, for pages and for row-level security.

`crescendo_visible(student_id, reason, via_id)` is a view owned by the owner, who is not bound by row-level security; so
it can read the tables that its own answer protects. Reasons: organisation (via the school), class (via the class), family
(via the right), self. Three settings of the transaction tell it who looks and when: `crescendo.viewer` (a user's id),
`crescendo.on` (the school's day) and `crescendo.rights_pass_at_age`. Without a viewer it is empty.
"""

from django.db import migrations

from crescendo.roster.row_security import VISIBLE as SEEN
from crescendo.roster.row_security import VISIBLE_AS_STAFF as SEEN_AS_STAFF
from crescendo.roster.row_security import policy, student_policy

SETTINGS = """
CREATE FUNCTION crescendo_viewer() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE
    RETURN nullif(current_setting('crescendo.viewer', true), '')::bigint;
CREATE FUNCTION crescendo_today() RETURNS date LANGUAGE sql STABLE PARALLEL SAFE
    RETURN coalesce(nullif(current_setting('crescendo.on', true), '')::date, current_date);
CREATE FUNCTION crescendo_rights_pass_at_age() RETURNS integer LANGUAGE sql STABLE PARALLEL SAFE
    RETURN coalesce(nullif(current_setting('crescendo.rights_pass_at_age', true), '')::integer, 18);
"""

# The small sets: schools, classes, own children, barred children. Functions of their own, because PostgreSQL keeps a
# function's plan for the session, while a policy's text is planned again with every statement (a seventh of the time).
# They answer for the viewer of the transaction alone, so anybody may call them.
SMALL_SETS = """
CREATE FUNCTION crescendo_viewer_post() RETURNS SETOF roster_post
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp ROWS 2 AS $$
BEGIN
    -- A row whose `ended_on` has come is over, whatever its own dates say.
    RETURN QUERY
    SELECT p.*
    FROM accounts_user u
    JOIN roster_staffmember s ON s.user_id = u.id AND (s.ended_on IS NULL OR s.ended_on > crescendo_today())
    JOIN roster_post p ON p.staff_id = s.id
    WHERE u.id = crescendo_viewer() AND u.is_active
      AND p.begins_on <= crescendo_today() AND (p.ends_on IS NULL OR p.ends_on >= crescendo_today())
      AND (p.ended_on IS NULL OR p.ended_on > crescendo_today());
END $$;

CREATE FUNCTION crescendo_may(permission text) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    RETURN EXISTS (
        SELECT FROM crescendo_viewer_post() p
        JOIN accounts_role_permissions rp ON rp.role_id = p.role_id
        WHERE rp.permission_id = permission
    );
END $$;

CREATE FUNCTION crescendo_viewer_schools() RETURNS bigint[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    RETURN ARRAY(
        WITH RECURSIVE below AS (
            SELECT p.organisation_id
            FROM crescendo_viewer_post() p JOIN accounts_role r ON r.code = p.role_id
            WHERE r.student_scope = 'organisation'
            UNION
            SELECT o.id FROM roster_organisation o JOIN below b ON o.parent_id = b.organisation_id
        )
        SELECT organisation_id FROM below
    );
END $$;

CREATE FUNCTION crescendo_viewer_classes() RETURNS bigint[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    -- Teaching counts only with a post that reaches students: who has left does not teach, whatever the class list says.
    RETURN ARRAY(
        SELECT cs.school_class_id
        FROM roster_classstaff cs
        JOIN roster_schoolclass c ON c.id = cs.school_class_id
            AND (c.ended_on IS NULL OR c.ended_on > crescendo_today())
        WHERE cs.staff_id IN (
                SELECT p.staff_id FROM crescendo_viewer_post() p JOIN accounts_role r ON r.code = p.role_id
                WHERE r.student_scope <> 'none')
          AND cs.begins_on <= crescendo_today() AND (cs.ends_on IS NULL OR cs.ends_on >= crescendo_today())
          AND (cs.ended_on IS NULL OR cs.ended_on > crescendo_today())
    );
END $$;

CREATE FUNCTION crescendo_viewer_own() RETURNS TABLE (student_id bigint, reason text, via_id bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp ROWS 2 AS $$
BEGIN
    -- A family's rights pass to the student at the age the law sets. Of an adult's rights that hold today one counts:
    -- what a person set before what an import brought, then the latest.
    RETURN QUERY
    SELECT r.student_id, 'family'::text, r.id
    FROM roster_familymember m
    JOIN accounts_user u ON u.id = m.user_id AND u.is_active
    JOIN roster_familyright r ON r.family_member_id = m.id
    JOIN roster_student s ON s.id = r.student_id
    WHERE m.user_id = crescendo_viewer() AND (m.ended_on IS NULL OR m.ended_on > crescendo_today())
      AND r.level IN ('see', 'see_and_message')
      AND r.begins_on <= crescendo_today() AND (r.ends_on IS NULL OR r.ends_on >= crescendo_today())
      AND (r.outlasts_majority OR s.born_on IS NULL
           OR s.born_on + make_interval(years => crescendo_rights_pass_at_age()) > crescendo_today())
      -- What an import gave lasts as long as the link it came with; what a person gave, until a person ends it.
      AND (r.set_by_person OR EXISTS (
            SELECT FROM roster_familylink l
            WHERE l.student_id = r.student_id AND l.family_member_id = r.family_member_id
              AND (l.ended_on IS NULL OR l.ended_on > crescendo_today())))
      AND NOT EXISTS (
            SELECT FROM roster_familyright n
            WHERE n.student_id = r.student_id AND n.family_member_id = r.family_member_id
              AND n.begins_on <= crescendo_today() AND (n.ends_on IS NULL OR n.ends_on >= crescendo_today())
              AND (n.set_by_person, n.begins_on, n.id) > (r.set_by_person, r.begins_on, r.id))
    UNION ALL
    SELECT s.id, 'self', s.id
    FROM roster_student s JOIN accounts_user u ON u.id = s.user_id AND u.is_active
    WHERE s.user_id = crescendo_viewer();
END $$;

CREATE FUNCTION crescendo_viewer_barred() RETURNS bigint[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    RETURN ARRAY(
        SELECT r.student_id
        FROM roster_familymember m JOIN roster_familyright r ON r.family_member_id = m.id
        WHERE m.user_id = crescendo_viewer() AND r.level = 'barred'
          AND r.begins_on <= crescendo_today() AND (r.ends_on IS NULL OR r.ends_on >= crescendo_today())
    );
END $$;

CREATE FUNCTION crescendo_viewer_family() RETURNS bigint[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    RETURN ARRAY(SELECT m.id FROM roster_familymember m WHERE m.user_id = crescendo_viewer());
END $$;
"""

# A student's page looks up one student by index in each arm; a district's list reads the arms once and hashes them.
VISIBLE_STUDENTS = """
CREATE VIEW crescendo_visible WITH (security_barrier) AS
SELECT seen.student_id, seen.reason, seen.via_id
FROM (
    -- The school has the student today, or had until at most 90 days ago. Enrolments loaded early do not count yet.
    SELECT e.student_id, 'organisation'::text AS reason, e.school_id AS via_id
    FROM roster_enrolment e
    WHERE e.school_id = ANY ((SELECT crescendo_viewer_schools())::bigint[])
      AND e.entry_on <= crescendo_today()
      AND (e.exit_on IS NULL OR e.exit_on >= crescendo_today() - 90)
      AND (e.ended_on IS NULL OR e.ended_on >= crescendo_today() - 90)
  UNION ALL
    SELECT ce.student_id, 'class', ce.school_class_id
    FROM roster_classenrolment ce
    WHERE ce.school_class_id = ANY ((SELECT crescendo_viewer_classes())::bigint[])
      AND ce.begins_on <= crescendo_today() AND (ce.ends_on IS NULL OR ce.ends_on >= crescendo_today())
      AND (ce.ended_on IS NULL OR ce.ended_on > crescendo_today())
  UNION ALL
    SELECT own.student_id, own.reason, own.via_id FROM crescendo_viewer_own() own
) seen
-- Barred wins over every reason, a post at the child's school included.
WHERE seen.student_id <> ALL ((SELECT crescendo_viewer_barred())::bigint[]);
"""

REVERSE = """
DROP VIEW crescendo_visible;
DROP FUNCTION crescendo_viewer_schools(), crescendo_viewer_classes(), crescendo_viewer_own(), crescendo_viewer_barred(),
    crescendo_viewer_family(), crescendo_may(text), crescendo_viewer_post();
DROP FUNCTION crescendo_viewer(), crescendo_today(), crescendo_rights_pass_at_age();
"""

# One adult of a family never learns of another from us: each sees their own rows, the school sees all.
OWN_FAMILY_ROW = "{} = ANY ((SELECT crescendo_viewer_family())::bigint[])"

FAMILY_OF_SEEN = (
    "EXISTS (SELECT 1 FROM roster_familylink l WHERE l.family_member_id = roster_familymember.id "
    f"AND {SEEN_AS_STAFF.format(column='l.student_id')})"
)
MANAGES_RIGHTS = "(SELECT crescendo_may('rights.manage'))"


def family_row_seen(table: str) -> str:
    own = OWN_FAMILY_ROW.format(f"{table}.family_member_id")
    return f"{SEEN_AS_STAFF.format(column=f'{table}.student_id')} OR {own}"


def family_row_managed(table: str) -> str:
    return f"{SEEN_AS_STAFF.format(column=f'{table}.student_id')} AND {MANAGES_RIGHTS}"


# What the law calls sensitive needs a permission; the family and the student read their own record.
CHARACTERISTIC_SEEN = f"""
    {SEEN.format(column="roster_studentcharacteristic.student_id")} AND (
        NOT EXISTS (SELECT 1 FROM roster_characteristic c WHERE c.is_sensitive
                    AND c.code = roster_studentcharacteristic.characteristic_id)
        OR (SELECT crescendo_may('demographics.see'))
        OR EXISTS (SELECT 1 FROM crescendo_visible v
                   WHERE v.student_id = roster_studentcharacteristic.student_id AND v.reason IN ('family', 'self')))
"""

CHARACTERISTIC_CORRECTED = (
    f"{SEEN_AS_STAFF.format(column='roster_studentcharacteristic.student_id')} "
    "AND (SELECT crescendo_may('records.correct') AND crescendo_may('demographics.see'))"
)

AUDIT_SEEN = f"""
    accounts_auditentry.by_id = crescendo_viewer()
    OR (accounts_auditentry.student_id IS NOT NULL AND {SEEN.format(column="accounts_auditentry.student_id")}
        AND ((SELECT crescendo_may('audit.see')) OR EXISTS (
            SELECT 1 FROM crescendo_visible v
            WHERE v.student_id = accounts_auditentry.student_id AND v.reason IN ('family', 'self'))))
    OR (accounts_auditentry.student_id IS NULL AND (SELECT crescendo_may('audit.see')))
"""

# Before sign-in nobody is the viewer, and the sign-in itself is worth a line; afterwards nobody writes another's name.
AUDIT = f"""
ALTER TABLE accounts_auditentry ENABLE ROW LEVEL SECURITY;
ALTER TABLE accounts_auditentry FORCE ROW LEVEL SECURITY;
CREATE POLICY accounts_auditentry_read ON accounts_auditentry FOR SELECT TO crescendo_web USING ({AUDIT_SEEN});
CREATE POLICY accounts_auditentry_write ON accounts_auditentry FOR INSERT TO crescendo_web
    WITH CHECK (by_id IS NULL OR by_id = crescendo_viewer() OR crescendo_viewer() IS NULL);
"""
AUDIT_REVERSE = """
DROP POLICY accounts_auditentry_read ON accounts_auditentry;
DROP POLICY accounts_auditentry_write ON accounts_auditentry;
ALTER TABLE accounts_auditentry NO FORCE ROW LEVEL SECURITY;
ALTER TABLE accounts_auditentry DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("roster", "0001_initial"), ("accounts", "0002_roles_and_permissions")]

    operations = [
        migrations.RunSQL(SETTINGS + SMALL_SETS + VISIBLE_STUDENTS, REVERSE),
        student_policy("roster_student", "id", permission="records.correct"),
        student_policy("roster_enrolment", permission="records.correct"),
        student_policy("roster_classenrolment", permission="records.correct"),
        policy("roster_studentcharacteristic", CHARACTERISTIC_SEEN, CHARACTERISTIC_CORRECTED),
        policy(
            "roster_familylink", family_row_seen("roster_familylink"), family_row_managed("roster_familylink")
        ),
        policy(
            "roster_familyright",
            family_row_seen("roster_familyright"),
            family_row_managed("roster_familyright"),
        ),
        policy(
            "roster_familymember",
            f"{FAMILY_OF_SEEN} OR {OWN_FAMILY_ROW.format('roster_familymember.id')}",
            f"{FAMILY_OF_SEEN} AND {MANAGES_RIGHTS}",
        ),
        policy(
            "roster_externalid",
            f"entity = 'student' AND {SEEN_AS_STAFF.format(column='roster_externalid.object_id')} "
            "OR entity IN ('org', 'session', 'calendar', 'course', 'class', 'staff', 'category', 'line_item', 'assessment')",
            "false",
        ),
        policy("roster_post", "true", "(SELECT crescendo_may('posts.manage'))"),
        migrations.RunSQL(AUDIT, AUDIT_REVERSE),
    ]
