"""What a school may know about coaching: a few coarse numbers, about at least five pairs, once a month.

Every rule is here because without it a pair could be told from the numbers:
- fewer than five coached people: no row at all, and nobody learns whether it is none or four;
- the viewer's own pairs do not count: a principal who is one of five would know the other four;
- counts are rounded down to fives, so that neither subtraction nor a single newcomer shows;
- everything is as it stood on the first of the month, so that two looks on two days tell nothing;
- a share lies between 10 and 90 percent in steps of ten: "all of them" would be about each of them;
- no argument: nobody asks for a part, and then for the rest.
"""

from django.db import migrations

COUNTS = """
CREATE FUNCTION coaching_counts()
RETURNS TABLE (as_of date, pairs integer, in_cycle integer, cycles integer, weeks_between integer, steps_done numeric)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    least_pairs constant integer := 5;
    month date := date_trunc('month', crescendo_today())::date;
    me bigint := coaching_viewer_staff();
    open_pairs bigint[];
    people integer;
    n_in_cycle integer; n_cycles integer; n_sessions integer; n_steps integer; n_done integer;
BEGIN
    WITH RECURSIVE places AS (
        SELECT p.organisation_id AS id
        FROM crescendo_viewer_post() p
        JOIN accounts_role_permissions rp ON rp.role_id = p.role_id AND rp.permission_id = 'plans.write'
        UNION
        SELECT o.id FROM roster_organisation o JOIN places ON o.parent_id = places.id
    )
    SELECT array_agg(a.id), count(DISTINCT a.coachee_id) INTO open_pairs, people
    FROM coaching_agreement a
    WHERE a.coach_agreed_at < month AND a.coachee_agreed_at < month
      AND (a.ended_at IS NULL OR a.ended_at >= month)
      AND me NOT IN (a.coach_id, a.coachee_id)
      AND EXISTS (SELECT FROM roster_post p WHERE p.staff_id = a.coachee_id
                  AND p.organisation_id IN (SELECT id FROM places)
                  AND p.begins_on < month AND (p.ends_on IS NULL OR p.ends_on >= month)
                  AND (p.ended_on IS NULL OR p.ended_on > month));
    IF people IS NULL OR people < least_pairs THEN
        RETURN;
    END IF;
    SELECT count(*) FILTER (WHERE c.reviewed_on IS NULL OR c.reviewed_on >= month), count(*)
    INTO n_in_cycle, n_cycles
    FROM coaching_cycle c WHERE c.agreement_id = ANY (open_pairs) AND c.begins_on < month;
    SELECT count(*) INTO n_sessions
    FROM coaching_session s
    WHERE s.agreement_id = ANY (open_pairs) AND s.held_on < month AND s.held_on >= month - 56;
    SELECT count(*), count(*) FILTER (WHERE t.state = 'done' AND t.ended_on < month) INTO n_steps, n_done
    FROM coaching_actionstep t WHERE t.agreement_id = ANY (open_pairs) AND t.set_on < month;
    as_of := month;
    pairs := people / 5 * 5;
    in_cycle := CASE WHEN n_in_cycle >= least_pairs THEN n_in_cycle / 5 * 5 END;
    cycles := CASE WHEN n_cycles >= least_pairs THEN n_cycles / 5 * 5 END;
    weeks_between := CASE WHEN n_sessions >= least_pairs
        THEN greatest(1, round(8.0 * cardinality(open_pairs) / n_sessions)) END;
    steps_done := CASE WHEN n_steps >= least_pairs
        THEN least(0.9, greatest(0.1, round(n_done::numeric / n_steps, 1))) END;
    RETURN NEXT;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("coaching", "0002_row_security")]

    operations = [migrations.RunSQL(COUNTS, "DROP FUNCTION coaching_counts();")]
