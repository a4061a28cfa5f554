"""Erasing a person: names, ids, contact and free text go, the row and its counts stay.

The functions run as the owner, because erasing must reach rows that the eraser may not read (another school's, an
adult's); each asks first whether the viewer of the transaction may erase this student.
"""

from django.db import migrations, models

ERASE = """
CREATE FUNCTION crescendo_require_may_erase(student bigint) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT (crescendo_may('records.erase') AND EXISTS (
        SELECT FROM crescendo_visible v WHERE v.student_id = student AND v.reason = 'organisation'
    )) THEN
        RAISE EXCEPTION 'User % may not erase student %.', crescendo_viewer(), student
            USING ERRCODE = 'insufficient_privilege';
    END IF;
END $$;

CREATE FUNCTION crescendo_erase_student(student bigint, erased timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    adults bigint[];
    users bigint[];
BEGIN
    PERFORM crescendo_require_may_erase(student);
    -- Adults whom we know through this child alone.
    adults := ARRAY(
        SELECT l.family_member_id FROM roster_familylink l WHERE l.student_id = student
        UNION SELECT r.family_member_id FROM roster_familyright r WHERE r.student_id = student
        EXCEPT SELECT l.family_member_id FROM roster_familylink l JOIN roster_student s ON s.id = l.student_id
               WHERE s.id <> student AND s.erased_at IS NULL
    );
    users := ARRAY(
        SELECT user_id FROM roster_student WHERE id = student AND user_id IS NOT NULL
        UNION SELECT user_id FROM roster_familymember WHERE id = ANY(adults) AND user_id IS NOT NULL
        EXCEPT SELECT user_id FROM roster_staffmember
    );
    DELETE FROM roster_externalid WHERE
        (entity = 'student' AND object_id = student)
        OR (entity = 'family' AND object_id = ANY(adults))
        OR (entity = 'enrollment' AND object_id IN (SELECT id FROM roster_classenrolment WHERE student_id = student))
        OR (entity = 'school_enrolment' AND object_id IN (SELECT id FROM roster_enrolment WHERE student_id = student))
        OR (entity = 'family_link' AND object_id IN (SELECT id FROM roster_familylink WHERE student_id = student));
    UPDATE roster_student SET
        given_name = 'Erased', family_name = 'student', middle_name = '', preferred_given_name = '',
        preferred_family_name = '', pronouns = '', sort_key = '', identifier = '', username = '', email = '',
        phone = '', address = '', address_is_confidential = false, metadata = '{}', user_id = NULL,
        owned_fields = ARRAY['given_name', 'family_name', 'middle_name', 'preferred_given_name',
            'preferred_family_name', 'pronouns', 'identifier', 'username', 'email', 'phone', 'address', 'born_on',
            'metadata'],
        -- The year stays, so that counts by age stay.
        born_on = date_trunc('year', born_on)::date, erased_at = erased
    WHERE id = student;
    UPDATE roster_enrolment SET metadata = '{}' WHERE student_id = student;
    UPDATE roster_classenrolment SET metadata = '{}' WHERE student_id = student;
    UPDATE roster_familylink SET metadata = '{}', relationship = '' WHERE student_id = student;
    UPDATE roster_familyright SET basis = '', level = CASE level WHEN 'barred' THEN level ELSE 'none' END
    WHERE student_id = student;
    UPDATE roster_familymember SET
        given_name = 'Erased', family_name = 'adult', middle_name = '', preferred_given_name = '',
        preferred_family_name = '', pronouns = '', sort_key = '', identifier = '', username = '', email = '',
        phone = '', metadata = '{}', user_id = NULL
    WHERE id = ANY(adults);
    UPDATE accounts_user SET
        username = 'erased-' || id, display_name = 'Erased', email = '', is_active = false, password = '!'
    WHERE id = ANY(users);
END $$;
"""

REVERSE = """
DROP FUNCTION crescendo_erase_student(bigint, timestamptz);
DROP FUNCTION crescendo_require_may_erase(bigint);
"""


class Migration(migrations.Migration):
    dependencies = [("roster", "0003_scope_guard")]

    operations = [
        migrations.CreateModel(
            name="ErasedId",
            fields=[
                ("digest", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("erased_at", models.DateTimeField()),
            ],
            options={"ordering": ["erased_at", "digest"]},
        ),
        migrations.RunSQL(ERASE, REVERSE),
    ]
