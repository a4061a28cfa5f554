"""Printed codes carry a number drawn by chance, so that nobody burns other people's invitations by counting upwards.

Who guesses at a code ends that invitation after twenty wrong ones, wherever they came from. The numbers were those of
the rows: 1, 2, 3. Open codes keep the number that stands on their paper until they run out, fourteen days at most.
"""

from django.db import migrations, models

KEEP_PRINTED = """
UPDATE access_invitation SET number = id WHERE way = 'code' AND accepted_at IS NULL AND withdrawn_at IS NULL;
"""

# Whoever holds a sheet has not signed in, and may not read the table.
FIND = """
CREATE FUNCTION crescendo_invitation_of(printed bigint) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT i.id FROM access_invitation i WHERE i.number = printed;
$$;
"""

# No page may read of another school's child. The answer is yes or no, and names nobody: an adult of this school's
# child, and of one who is enrolled today where the inviter does not reach.
BEYOND = """
CREATE FUNCTION crescendo_has_child_beyond(adult bigint) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    RETURN EXISTS (
        SELECT FROM (
            SELECT l.student_id FROM roster_familylink l
            WHERE l.family_member_id = adult AND (l.ended_on IS NULL OR l.ended_on > crescendo_today())
            UNION
            SELECT r.student_id FROM roster_familyright r
            WHERE r.family_member_id = adult AND r.level IN ('see', 'see_and_message')
              AND (r.ends_on IS NULL OR r.ends_on >= crescendo_today())
        ) child
        JOIN roster_enrolment e ON e.student_id = child.student_id AND e.entry_on <= crescendo_today()
          AND (e.exit_on IS NULL OR e.exit_on >= crescendo_today())
          AND (e.ended_on IS NULL OR e.ended_on > crescendo_today())
        WHERE NOT e.school_id = ANY (crescendo_viewer_schools()));
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("access", "0003_forgetting"), ("roster", "0002_scope")]

    operations = [
        migrations.AddField(
            "invitation",
            "number",
            models.BigIntegerField(
                null=True, unique=True, help_text="What stands before a printed code, drawn by chance."
            ),
        ),
        migrations.RunSQL(KEEP_PRINTED, migrations.RunSQL.noop),
        migrations.RunSQL(
            FIND + BEYOND,
            "DROP FUNCTION crescendo_invitation_of(bigint); DROP FUNCTION crescendo_has_child_beyond(bigint);",
        ),
    ]
