"""What invitations keep about an erased student, and about adults known through that student alone, goes."""

from django.db import migrations

FORGET = """
CREATE FUNCTION access_forget_student(student bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM crescendo_require_may_erase(student);
    UPDATE access_invitation i SET username = '', email = '', nonce = '', digest = '',
        withdrawn_at = CASE WHEN i.accepted_at IS NULL THEN coalesce(i.withdrawn_at, now()) ELSE i.withdrawn_at END
    WHERE i.student_id = student OR i.family_member_id IN (
        SELECT l.family_member_id FROM roster_familylink l WHERE l.student_id = student
        UNION SELECT r.family_member_id FROM roster_familyright r WHERE r.student_id = student
        EXCEPT SELECT l.family_member_id FROM roster_familylink l JOIN roster_student s ON s.id = l.student_id
               WHERE s.id <> student AND s.erased_at IS NULL);
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("access", "0002_functions"), ("roster", "0004_erasure")]

    operations = [migrations.RunSQL(FORGET, "DROP FUNCTION access_forget_student(bigint)")]
