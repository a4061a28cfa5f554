"""What pages may write during the set-up, and nothing else: each function asks first whether it may.

Pages cannot make sign-ins, organisations or calendars. During the set-up a person does it with them: the first of
these works only while nobody can sign in, the others only for whoever holds `site.set_up`.
"""

from django.db import migrations

# Two who press at once: the lock lets the second see that there is somebody now.
BEGIN = """
CREATE FUNCTION crescendo_begin_site(site jsonb, person jsonb, began_on date, began_at timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    top bigint;
    new_user bigint;
    new_staff bigint;
    new_post bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(7216);
    IF EXISTS (SELECT FROM accounts_user) OR EXISTS (SELECT FROM accounts_site WHERE made_by_demo) THEN
        RETURN NULL;
    END IF;
    INSERT INTO accounts_site (id, made_by_demo, term_pack, name, country, time_zone, language, needs_second_factor)
    VALUES (1, false, site->>'term_pack', site->>'name', site->>'country', site->>'time_zone', site->>'language', false)
    ON CONFLICT (id) DO UPDATE SET term_pack = excluded.term_pack, name = excluded.name, country = excluded.country,
        time_zone = excluded.time_zone, language = excluded.language;
    -- Files may have come before the first person: a single top organisation is then the one that is meant.
    SELECT min(id) INTO top FROM roster_organisation WHERE parent_id IS NULL AND ended_on IS NULL HAVING count(*) = 1;
    IF top IS NULL THEN
        SELECT id INTO top FROM roster_organisation
        WHERE parent_id IS NULL AND ended_on IS NULL AND lower(name) = lower(site->>'name') ORDER BY id LIMIT 1;
    END IF;
    IF top IS NULL THEN
        INSERT INTO roster_organisation (source, metadata, kind, name, identifier)
        VALUES ('', '{}', site->>'kind', site->>'name', '') RETURNING id INTO top;
    END IF;
    INSERT INTO accounts_user (password, username, email, display_name, language, is_active, is_demo, created_at)
    VALUES (person->>'password', person->>'username', person->>'email', person->>'name', person->>'language', true,
            false, began_at) RETURNING id INTO new_user;
    INSERT INTO roster_staffmember (source, metadata, given_name, middle_name, family_name, preferred_given_name,
        preferred_family_name, pronouns, sort_key, identifier, username, email, phone, owned_fields, user_id)
    VALUES ('', '{}', person->>'given_name', '', person->>'family_name', '', '', '', person->>'sort_key', '', '',
            person->>'email', '', '{}', new_user) RETURNING id INTO new_staff;
    INSERT INTO roster_post (source, metadata, title, begins_on, owned_fields, staff_id, organisation_id, role_id)
    VALUES ('', '{}', '', began_on, '{}', new_staff, top, 'administrator') RETURNING id INTO new_post;
    INSERT INTO setup_setupprogress (id, organisation_id, began_at) VALUES (1, top, began_at) ON CONFLICT DO NOTHING;
    INSERT INTO accounts_auditentry (at, verb, object_type, object_id, reason, detail)
    VALUES (began_at, 'post.given', 'roster.Post', new_post, 'first', '{}');
    RETURN new_user;
END $$;
"""

MAY = """
CREATE FUNCTION crescendo_require_may_set_up() RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT crescendo_may('site.set_up') THEN
        RAISE EXCEPTION 'User % may not set up the site.', crescendo_viewer() USING ERRCODE = 'insufficient_privilege';
    END IF;
END $$;
"""

DESCRIBE = """
CREATE FUNCTION crescendo_describe_site(site jsonb, rules text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM crescendo_require_may_set_up();
    INSERT INTO accounts_site (id, made_by_demo, term_pack, name, country, time_zone, language, needs_second_factor)
    VALUES (1, false, site->>'term_pack', site->>'name', site->>'country', site->>'time_zone', site->>'language',
            (site->>'needs_second_factor')::boolean)
    ON CONFLICT (id) DO UPDATE SET term_pack = excluded.term_pack, name = excluded.name, country = excluded.country,
        time_zone = excluded.time_zone, language = excluded.language, needs_second_factor = excluded.needs_second_factor;
    -- What we made ourselves takes the new name; what a file brought keeps the file's.
    UPDATE roster_organisation o SET name = site->>'name'
    FROM setup_setupprogress p WHERE p.organisation_id = o.id AND o.source = '' AND o.name <> site->>'name';
    IF NOT EXISTS (SELECT FROM indicators_countingrules WHERE indicator = '' AND rule_pack = rules[1] AND position = 0) THEN
        DELETE FROM indicators_countingrules WHERE indicator = '';
        INSERT INTO indicators_countingrules (indicator, rule_pack, position)
        SELECT '', pack, place - 1 FROM unnest(rules) WITH ORDINALITY AS chosen(pack, place);
    END IF;
END $$;
"""

# The organisation made at the start stood in for the one that the school's own system knows. Once that has come, the
# posts go there. Where a file brought several tops, ours stays above nothing, and its posts are held at each of them.
ADOPT = """
CREATE FUNCTION crescendo_adopt_tops(at timestamptz, today date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    ours roster_organisation;
    tops bigint[];
BEGIN
    PERFORM crescendo_require_may_set_up();
    PERFORM FROM setup_setupprogress WHERE finished_at IS NULL FOR UPDATE;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    SELECT o.* INTO ours FROM roster_organisation o JOIN setup_setupprogress p ON p.organisation_id = o.id;
    tops := ARRAY(SELECT id FROM roster_organisation WHERE parent_id IS NULL AND ended_on IS NULL AND source <> ''
                  AND id <> ours.id ORDER BY id);
    IF ours.source = '' AND cardinality(tops) = 1
       AND NOT EXISTS (SELECT FROM roster_organisation WHERE parent_id = ours.id)
       AND NOT EXISTS (SELECT FROM roster_enrolment WHERE school_id = ours.id) THEN
        UPDATE roster_post SET organisation_id = tops[1] WHERE organisation_id = ours.id;
        UPDATE roster_organisation SET ended_on = today WHERE id = ours.id;
        UPDATE setup_setupprogress SET organisation_id = tops[1];
    ELSE
        INSERT INTO roster_post (source, metadata, title, begins_on, owned_fields, staff_id, organisation_id, role_id)
        SELECT '', '{}', p.title, p.begins_on, '{}', p.staff_id, top, p.role_id
        FROM roster_post p, unnest(tops) AS top
        WHERE p.organisation_id = ours.id AND p.source = '' AND p.role_id = 'administrator'
          AND (p.ends_on IS NULL OR p.ends_on >= today)
          AND NOT EXISTS (SELECT FROM roster_post q WHERE q.staff_id = p.staff_id AND q.organisation_id = top
                          AND q.role_id = p.role_id);
    END IF;
    UPDATE setup_setupprogress SET adopted_at = coalesce(adopted_at, at);
END $$;
"""

# A school whose calendar a file brought keeps it.
CALENDAR = """
CREATE FUNCTION crescendo_write_calendar(schools bigint[], year integer, days date[], sessions jsonb, today date)
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    school bigint;
    written integer := 0;
    calendar bigint;
BEGIN
    PERFORM crescendo_require_may_set_up();
    PERFORM FROM setup_setupprogress FOR UPDATE;
    FOREACH school IN ARRAY schools LOOP
        CONTINUE WHEN EXISTS (SELECT FROM roster_calendar WHERE school_id = school AND school_year = year
                              AND source <> '' AND ended_on IS NULL);
        INSERT INTO roster_calendar (source, metadata, school_id, school_year, code)
        VALUES ('', '{}', school, year, 'default') ON CONFLICT (school_id, school_year, code) DO NOTHING;
        SELECT id INTO calendar FROM roster_calendar
        WHERE school_id = school AND school_year = year AND code = 'default' AND source = '';
        CONTINUE WHEN calendar IS NULL;
        DELETE FROM roster_calendarday d WHERE d.calendar_id = calendar AND d."on" <> ALL (days);
        INSERT INTO roster_calendarday (calendar_id, "on", is_instructional, kind)
        SELECT calendar, day, true, '' FROM unnest(days) AS day ON CONFLICT (calendar_id, "on") DO NOTHING;
        written := written + 1;
    END LOOP;
    IF jsonb_array_length(sessions) > 0 THEN
        UPDATE roster_academicsession s SET ended_on = today
        WHERE s.source = '' AND s.school_year = year AND s.ended_on IS NULL AND NOT EXISTS (
            SELECT FROM jsonb_array_elements(sessions) n WHERE n->>'kind' = s.kind AND n->>'title' = s.title);
        UPDATE roster_academicsession s SET begins_on = (n->>'begins_on')::date, ends_on = (n->>'ends_on')::date,
            ended_on = NULL
        FROM jsonb_array_elements(sessions) n
        WHERE s.source = '' AND s.school_year = year AND s.kind = n->>'kind' AND s.title = n->>'title';
        INSERT INTO roster_academicsession (source, metadata, kind, title, begins_on, ends_on, school_year)
        SELECT '', '{}', n->>'kind', n->>'title', (n->>'begins_on')::date, (n->>'ends_on')::date, year
        FROM jsonb_array_elements(sessions) n
        WHERE NOT EXISTS (SELECT FROM roster_academicsession s WHERE s.source = '' AND s.school_year = year
                          AND s.kind = n->>'kind' AND s.title = n->>'title');
    END IF;
    RETURN written;
END $$;
"""

REVERSE = """
DROP FUNCTION crescendo_write_calendar(bigint[], integer, date[], jsonb, date);
DROP FUNCTION crescendo_adopt_tops(timestamptz, date);
DROP FUNCTION crescendo_describe_site(jsonb, text[]);
DROP FUNCTION crescendo_require_may_set_up();
DROP FUNCTION crescendo_begin_site(jsonb, jsonb, date, timestamptz);
"""


class Migration(migrations.Migration):
    dependencies = [("setup", "0001_initial")]

    operations = [migrations.RunSQL(BEGIN + MAY + DESCRIBE + ADOPT + CALENDAR, REVERSE)]
