"""Who may be invited, and what accepting does: said in the database, because whoever accepts has not signed in.

Pages cannot make sign-ins nor say which person stands behind one. These functions do it for the holder of a secret
whose digest they are given, once, while the invitation's row is locked.
"""

from django.db import migrations

from crescendo.roster.row_security import policy

# The latest right that holds today counts, what a person set before what an import brought; one barring anywhere, and
# nobody invites this adult from a page.
ELIGIBLE = """
CREATE FUNCTION crescendo_may_be_invited(invited_staff bigint, invited_family bigint, invited_student bigint, today date)
RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF invited_staff IS NOT NULL THEN
        RETURN EXISTS (
            SELECT FROM roster_staffmember s JOIN roster_post p ON p.staff_id = s.id
            WHERE s.id = invited_staff AND (s.ended_on IS NULL OR s.ended_on > today)
              AND (p.ends_on IS NULL OR p.ends_on >= today) AND (p.ended_on IS NULL OR p.ended_on > today));
    ELSIF invited_student IS NOT NULL THEN
        RETURN EXISTS (
            SELECT FROM roster_student s JOIN roster_enrolment e ON e.student_id = s.id
            WHERE s.id = invited_student AND s.erased_at IS NULL AND (s.ended_on IS NULL OR s.ended_on > today)
              AND e.entry_on <= today AND (e.exit_on IS NULL OR e.exit_on >= today)
              AND (e.ended_on IS NULL OR e.ended_on > today));
    END IF;
    RETURN NOT EXISTS (
        SELECT FROM roster_familyright r WHERE r.family_member_id = invited_family AND r.level = 'barred'
          AND (r.ends_on IS NULL OR r.ends_on >= today)
    ) AND EXISTS (
        SELECT FROM roster_familymember m
        JOIN roster_familyright r ON r.family_member_id = m.id
        JOIN roster_student s ON s.id = r.student_id AND s.erased_at IS NULL
        WHERE m.id = invited_family AND (m.ended_on IS NULL OR m.ended_on > today)
          AND r.level IN ('see', 'see_and_message')
          AND r.begins_on <= today AND (r.ends_on IS NULL OR r.ends_on >= today)
          AND (r.outlasts_majority OR s.born_on IS NULL
               OR s.born_on + make_interval(years => crescendo_rights_pass_at_age()) > today)
          AND (r.set_by_person OR EXISTS (
                SELECT FROM roster_familylink l
                WHERE l.student_id = r.student_id AND l.family_member_id = r.family_member_id
                  AND (l.ended_on IS NULL OR l.ended_on > today)))
          AND NOT EXISTS (
                SELECT FROM roster_familyright n
                WHERE n.student_id = r.student_id AND n.family_member_id = r.family_member_id
                  AND n.begins_on <= today AND (n.ends_on IS NULL OR n.ends_on >= today)
                  AND (n.set_by_person, n.begins_on, n.id) > (r.set_by_person, r.begins_on, r.id)));
END $$;
"""

FIND = """
CREATE FUNCTION crescendo_find_invitation(invitation bigint)
RETURNS TABLE (digest text, purpose text, way text, username text, email text, person text, language text,
               expires_at timestamptz, is_open boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    RETURN QUERY
    SELECT i.digest::text, i.purpose::text, i.way::text, i.username::text, i.email::text,
           coalesce(
             (SELECT trim(coalesce(nullif(s.preferred_given_name, ''), s.given_name) || ' ' || coalesce(nullif(s.preferred_family_name, ''), s.family_name))
              FROM roster_staffmember s WHERE s.id = i.staff_id),
             (SELECT trim(coalesce(nullif(m.preferred_given_name, ''), m.given_name) || ' ' || coalesce(nullif(m.preferred_family_name, ''), m.family_name))
              FROM roster_familymember m WHERE m.id = i.family_member_id),
             (SELECT trim(coalesce(nullif(s.preferred_given_name, ''), s.given_name) || ' ' || coalesce(nullif(s.preferred_family_name, ''), s.family_name))
              FROM roster_student s WHERE s.id = i.student_id), '')::text,
           coalesce((SELECT m.speaks FROM roster_familymember m WHERE m.id = i.family_member_id), '')::text,
           i.expires_at,
           (i.accepted_at IS NULL AND i.withdrawn_at IS NULL)
    FROM access_invitation i WHERE i.id = invitation;
END $$;

CREATE FUNCTION crescendo_note_wrong_code(invitation bigint, most integer, at timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE access_invitation SET wrong_codes = wrong_codes + 1,
        withdrawn_at = CASE WHEN wrong_codes + 1 >= most THEN at ELSE withdrawn_at END
    WHERE id = invitation AND accepted_at IS NULL AND withdrawn_at IS NULL;
$$;
"""

ACCEPT = """
CREATE FUNCTION crescendo_accept_invitation(invitation bigint, known_digest text, new_password text, own_language text,
    existing_user bigint, at timestamptz, today date) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    found access_invitation;
    person_name text;
    came bigint;
    has_one boolean;
BEGIN
    -- Two tabs, two presses: the second waits here and finds the invitation used.
    SELECT * INTO found FROM access_invitation WHERE id = invitation FOR UPDATE;
    IF found.id IS NULL OR found.digest <> known_digest OR found.accepted_at IS NOT NULL
       OR found.withdrawn_at IS NOT NULL OR found.expires_at <= at
       OR NOT crescendo_may_be_invited(found.staff_id, found.family_member_id, found.student_id, today) THEN
        RETURN NULL;
    END IF;
    IF found.purpose = 'renew' THEN
        UPDATE accounts_user SET password = new_password WHERE id = found.user_id AND is_active RETURNING id INTO came;
        IF came IS NULL THEN
            RETURN NULL;
        END IF;
        DELETE FROM accounts_recoverycode WHERE user_id = came;
        DELETE FROM accounts_secondfactor WHERE user_id = came;
    ELSE
        SELECT EXISTS (SELECT FROM roster_staffmember WHERE id = found.staff_id AND user_id IS NOT NULL)
            OR EXISTS (SELECT FROM roster_familymember WHERE id = found.family_member_id AND user_id IS NOT NULL)
            OR EXISTS (SELECT FROM roster_student WHERE id = found.student_id AND user_id IS NOT NULL) INTO has_one;
        IF has_one THEN
            RETURN NULL;
        END IF;
        IF existing_user IS NOT NULL THEN
            -- Somebody who has a sign-in (a teacher who is a mother here) adds this person to it: their own alone.
            IF existing_user IS DISTINCT FROM crescendo_viewer()
               OR (found.staff_id IS NOT NULL AND EXISTS (SELECT FROM roster_staffmember WHERE user_id = existing_user))
               OR (found.family_member_id IS NOT NULL AND EXISTS (SELECT FROM roster_familymember WHERE user_id = existing_user))
               OR EXISTS (SELECT FROM roster_student WHERE user_id = existing_user)
               OR found.student_id IS NOT NULL THEN
                RETURN NULL;
            END IF;
            came := existing_user;
        ELSE
            SELECT f.person INTO person_name FROM crescendo_find_invitation(invitation) f;
            INSERT INTO accounts_user (password, username, email, display_name, language, is_active, is_demo, created_at)
            VALUES (new_password, found.username, left(found.email, 254), left(person_name, 255), own_language, true, false, at)
            RETURNING id INTO came;
        END IF;
        UPDATE roster_staffmember SET user_id = came WHERE id = found.staff_id;
        UPDATE roster_familymember SET user_id = came WHERE id = found.family_member_id;
        UPDATE roster_student SET user_id = came WHERE id = found.student_id;
    END IF;
    UPDATE access_invitation SET accepted_at = at, user_id = came WHERE id = invitation;
    INSERT INTO accounts_auditentry (at, by_id, verb, object_type, object_id, student_id, reason, detail)
    VALUES (at, came, 'invitation.accepted', 'access.Invitation', invitation, found.student_id, found.purpose, '{}');
    RETURN came;
END $$;
"""

# Before sign-in nobody is the viewer, and the outbox takes entries of a viewer alone. `who` may be nobody: then the
# letter is not sent, and whoever asked cannot tell.
ASK = """
CREATE FUNCTION crescendo_ask_for_new_password(who bigint[], at timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO comms_outboxentry (kind, audience, audience_arguments, object_type, data, created_at)
    SELECT 'access.new_password', 'users', '{"users": []}', '', jsonb_build_object('user', person), at
    FROM unnest(CASE WHEN cardinality(who) = 0 THEN ARRAY[NULL]::bigint[] ELSE who END) AS person;
$$;
"""

REVERSE = """
DROP FUNCTION crescendo_ask_for_new_password(bigint[], timestamptz);
DROP FUNCTION crescendo_accept_invitation(bigint, text, text, text, bigint, timestamptz, date);
DROP FUNCTION crescendo_note_wrong_code(bigint, integer, timestamptz);
DROP FUNCTION crescendo_find_invitation(bigint);
DROP FUNCTION crescendo_may_be_invited(bigint, bigint, bigint, date);
"""

INVITES = "(SELECT crescendo_may('people.invite'))"


class Migration(migrations.Migration):
    dependencies = [("access", "0001_initial"), ("accounts", "0008_second_factor"), ("comms", "0003_letters")]

    operations = [
        migrations.RunSQL(ELIGIBLE + FIND + ACCEPT + ASK, REVERSE),
        policy("access_invitation", INVITES, INVITES),
    ]
