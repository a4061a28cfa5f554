"""Nobody but the two people: said to PostgreSQL, so that no page, search, export or trail can forget it.

`coaching_viewer_staff()` is the viewer of the transaction as a member of staff with a post today. The two functions read
as the owner and answer for that viewer alone, so anybody may call them.
"""

from django.db import migrations

from crescendo.roster.row_security import policy

FUNCTIONS = """
CREATE FUNCTION coaching_viewer_staff() RETURNS bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    RETURN (SELECT p.staff_id FROM crescendo_viewer_post() p LIMIT 1);
END $$;

CREATE FUNCTION coaching_viewer_agreements() RETURNS bigint[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE me bigint := coaching_viewer_staff();
BEGIN
    RETURN ARRAY(SELECT a.id FROM coaching_agreement a WHERE a.coach_id = me OR a.coachee_id = me);
END $$;
"""
NO_FUNCTIONS = "DROP FUNCTION coaching_viewer_agreements(), coaching_viewer_staff();"

ME = "(SELECT coaching_viewer_staff())"
ONE_OF_THE_TWO = f"coaching_agreement.coach_id = {ME} OR coaching_agreement.coachee_id = {ME}"
OF_MY_AGREEMENT = "{table}.agreement_id = ANY ((SELECT coaching_viewer_agreements())::bigint[])"

# A row of one agreement cannot hang under the session or cycle of another.
SAME_AGREEMENT = """
ALTER TABLE coaching_session ADD CONSTRAINT coaching_session_with_agreement UNIQUE (id, agreement_id);
ALTER TABLE coaching_cycle ADD CONSTRAINT coaching_cycle_with_agreement UNIQUE (id, agreement_id);
ALTER TABLE coaching_session ADD CONSTRAINT coaching_session_same_agreement
    FOREIGN KEY (cycle_id, agreement_id) REFERENCES coaching_cycle (id, agreement_id);
ALTER TABLE coaching_actionstep ADD CONSTRAINT coaching_actionstep_same_agreement
    FOREIGN KEY (cycle_id, agreement_id) REFERENCES coaching_cycle (id, agreement_id);
ALTER TABLE coaching_review ADD CONSTRAINT coaching_review_same_agreement
    FOREIGN KEY (cycle_id, agreement_id) REFERENCES coaching_cycle (id, agreement_id);
ALTER TABLE coaching_feedback ADD CONSTRAINT coaching_feedback_same_agreement
    FOREIGN KEY (session_id, agreement_id) REFERENCES coaching_session (id, agreement_id);
ALTER TABLE coaching_privatenote ADD CONSTRAINT coaching_privatenote_same_agreement
    FOREIGN KEY (session_id, agreement_id) REFERENCES coaching_session (id, agreement_id);
"""
NOT_SAME_AGREEMENT = """
ALTER TABLE coaching_privatenote DROP CONSTRAINT coaching_privatenote_same_agreement;
ALTER TABLE coaching_feedback DROP CONSTRAINT coaching_feedback_same_agreement;
ALTER TABLE coaching_review DROP CONSTRAINT coaching_review_same_agreement;
ALTER TABLE coaching_actionstep DROP CONSTRAINT coaching_actionstep_same_agreement;
ALTER TABLE coaching_session DROP CONSTRAINT coaching_session_same_agreement;
ALTER TABLE coaching_cycle DROP CONSTRAINT coaching_cycle_with_agreement;
ALTER TABLE coaching_session DROP CONSTRAINT coaching_session_with_agreement;
"""

# Restrictive: it narrows every other rule of the trail, those made later included. Whoever reads the trail of a school
# would otherwise see who meets whom, and how often, from the ids alone.
TRAIL = """
CREATE POLICY accounts_auditentry_coaching ON accounts_auditentry AS RESTRICTIVE FOR SELECT TO crescendo_web
    USING (object_type NOT LIKE 'coaching%' OR by_id = crescendo_viewer());
"""
NO_TRAIL = "DROP POLICY accounts_auditentry_coaching ON accounts_auditentry;"


def dyad(table: str, own: str = "") -> migrations.RunSQL:
    """Both read; both write, or where `own` names a column each only rows of their own."""
    mine = OF_MY_AGREEMENT.format(table=table)
    return policy(table, mine, f"{mine} AND {table}.{own} = {ME}" if own else mine)


NOTE_OF_MINE = (
    f"{OF_MY_AGREEMENT.format(table='coaching_privatenote')} AND coaching_privatenote.author_id = {ME}"
)


class Migration(migrations.Migration):
    dependencies = [
        ("coaching", "0001_tables"),
        ("roster", "0005_staff_rows"),
        ("accounts", "0002_roles_and_permissions"),
    ]

    operations = [
        migrations.RunSQL(FUNCTIONS, NO_FUNCTIONS),
        migrations.RunSQL(SAME_AGREEMENT, NOT_SAME_AGREEMENT),
        policy("coaching_agreement", ONE_OF_THE_TWO, ONE_OF_THE_TWO),
        dyad("coaching_cycle"),
        dyad("coaching_session"),
        dyad("coaching_actionstep"),
        dyad("coaching_review"),
        dyad("coaching_feedback", own="by_id"),
        policy("coaching_privatenote", NOTE_OF_MINE, NOTE_OF_MINE),
        migrations.RunSQL(TRAIL, NO_TRAIL),
    ]
