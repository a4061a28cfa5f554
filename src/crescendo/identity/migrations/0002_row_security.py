"""Pairs are for those who answer for what imports change and who see one of the two; a merge, for those who see the
student who was kept. The other record may be of a child who left long ago and whom nobody sees any more, so what the page
compares is told by a function of the owner's."""

from django.db import migrations

from crescendo.roster.row_security import VISIBLE, policy

MAY = "(SELECT crescendo_may('imports.approve'))"
PAIR = f"""
{MAY} AND ({VISIBLE.format(column="identity_proposal.first_id")} OR {VISIBLE.format(column="identity_proposal.second_id")})
"""
MERGE = f"""
{MAY} AND ({VISIBLE.format(column="identity_merge.kept_id")} OR {VISIBLE.format(column="identity_merge.merged_id")})
"""
DESCRIBE = """
CREATE FUNCTION identity_describe(proposal bigint) RETURNS TABLE (
    student_id bigint, given_name varchar, middle_name varchar, family_name varchar, born_on date, identifier varchar,
    email varchar, school_id bigint, grade_level varchar, entry_on date, exit_on date, ids text[]
) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT crescendo_may('imports.approve') THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT s.id, s.given_name, s.middle_name, s.family_name, s.born_on, s.identifier, s.email,
           e.school_id, e.grade_level, e.entry_on, e.exit_on,
           ARRAY(SELECT x.source || ': ' || x.external_id FROM roster_externalid x
                 WHERE x.entity = 'student' AND x.object_id = s.id ORDER BY 1)
    FROM identity_proposal p JOIN roster_student s ON s.id IN (p.first_id, p.second_id)
    LEFT JOIN LATERAL (SELECT n.* FROM roster_enrolment n WHERE n.student_id = s.id
                       ORDER BY n.entry_on DESC, n.id DESC LIMIT 1) e ON true
    WHERE p.id = proposal AND s.erased_at IS NULL
      AND EXISTS (SELECT FROM crescendo_visible v WHERE v.student_id IN (p.first_id, p.second_id))
    ORDER BY s.id;
END $$;
"""
# The record that was put away is the same person's: erasing the one forgets the other, and splitting is over.
FORGET = """
CREATE FUNCTION identity_forget_student(student bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM crescendo_require_may_erase(student);
    UPDATE roster_student SET
        given_name = 'Erased', family_name = 'student', middle_name = '', preferred_given_name = '',
        preferred_family_name = '', pronouns = '', sort_key = '', identifier = '', username = '', email = '',
        phone = '', address = '', address_is_confidential = false, metadata = '{}', user_id = NULL,
        born_on = date_trunc('year', born_on)::date, erased_at = now()
    WHERE erased_at IS NULL AND id IN (
        SELECT merged_id FROM identity_merge WHERE kept_id = student AND state IN ('done', 'split_asked'));
    DELETE FROM identity_change WHERE merge_id IN (
        SELECT id FROM identity_merge WHERE student IN (kept_id, merged_id));
    UPDATE identity_merge SET reason = '' WHERE student IN (kept_id, merged_id);
    DELETE FROM identity_proposal p WHERE student IN (p.first_id, p.second_id)
        AND NOT EXISTS (SELECT FROM identity_merge m WHERE m.proposal_id = p.id);
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("identity", "0001_initial"), ("roster", "0004_erasure")]

    operations = [
        policy("identity_proposal", PAIR, PAIR),
        policy("identity_merge", MERGE, MERGE),
        migrations.RunSQL(DESCRIBE, "DROP FUNCTION identity_describe(bigint)"),
        migrations.RunSQL(FORGET, "DROP FUNCTION identity_forget_student(bigint)"),
    ]
