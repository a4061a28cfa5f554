"""Ids as their sources had them, when a row changed last, and the writing of line items.

A client's role sees its students' rows; the ids of enrollments and families stand behind row-level security, and are
given here for a row that the caller already holds. Rows carry no time of their own: a statement that adds rows notes the
highest id it gave ("all up to here were there by then", one line for a statement), one that changes rows notes each.
"""

from django.db import migrations

IDS = """
CREATE FUNCTION oneroster_guid(kind text, object bigint) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce((
        SELECT CASE WHEN EXISTS (
            SELECT FROM roster_externalid o WHERE o.entity = e.entity AND o.external_id = e.external_id
            AND o.object_id <> e.object_id AND o.id < e.id
        ) THEN e.external_id || '@' || e.source ELSE e.external_id END
        FROM roster_externalid e WHERE e.entity = kind AND e.object_id = object ORDER BY e.id LIMIT 1
    ), 'crescendo-' || replace(kind, '_', '') || '-' || object)
$$;

CREATE FUNCTION oneroster_find(kinds text[], guid text) RETURNS TABLE (kind text, object bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT e.entity::text, e.object_id FROM roster_externalid e
    WHERE e.entity = ANY(kinds) AND e.external_id = guid AND oneroster_guid(e.entity, e.object_id) = guid
    UNION
    SELECT e.entity::text, e.object_id FROM roster_externalid e
    WHERE guid LIKE '%@%' AND e.entity = ANY(kinds) AND e.external_id = regexp_replace(guid, '@[^@]*$', '')
      AND e.source = substring(guid from '@([^@]*)$') AND oneroster_guid(e.entity, e.object_id) = guid
    UNION
    SELECT one, substring(guid from '-([0-9]{1,18})$')::bigint FROM unnest(kinds) AS one
    WHERE guid ~ ('^crescendo-' || replace(one, '_', '') || '-[0-9]{1,18}$')
      AND oneroster_guid(one, substring(guid from '-([0-9]{1,18})$')::bigint) = guid
$$;
REVOKE ALL ON FUNCTION oneroster_guid(text, bigint), oneroster_find(text[], text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION oneroster_guid(text, bigint), oneroster_find(text[], text) TO crescendo_web, crescendo_worker;
"""
IDS_REVERSE = "DROP FUNCTION oneroster_find(text[], text); DROP FUNCTION oneroster_guid(text, bigint);"

TIMES = """
CREATE TABLE oneroster_added (kind text NOT NULL, last_id bigint NOT NULL, at timestamptz NOT NULL);
CREATE INDEX oneroster_added_last ON oneroster_added (kind, last_id);
CREATE TABLE oneroster_changed (kind text, object_id bigint, at timestamptz NOT NULL, PRIMARY KEY (kind, object_id));

CREATE FUNCTION oneroster_note_added() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO oneroster_added SELECT TG_TABLE_NAME, max(id), now() FROM added HAVING max(id) IS NOT NULL;
    RETURN NULL;
END $$;
CREATE FUNCTION oneroster_note_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO oneroster_changed SELECT DISTINCT TG_TABLE_NAME, id, now() FROM changed
    ON CONFLICT (kind, object_id) DO UPDATE SET at = excluded.at;
    RETURN NULL;
END $$;

CREATE FUNCTION oneroster_modified(kind text, object bigint) RETURNS timestamptz
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce(
        (SELECT c.at FROM oneroster_changed c WHERE c.kind = $1 AND c.object_id = $2),
        (SELECT a.at FROM oneroster_added a WHERE a.kind = $1 AND a.last_id >= $2 ORDER BY a.last_id, a.at LIMIT 1))
$$;
REVOKE ALL ON FUNCTION oneroster_modified(text, bigint), oneroster_note_added(), oneroster_note_changed() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION oneroster_modified(text, bigint) TO crescendo_web, crescendo_worker;
"""
TABLES = (
    "roster_organisation", "roster_academicsession", "roster_course", "roster_schoolclass", "roster_student",
    "roster_staffmember", "roster_familymember", "roster_classenrolment", "roster_classstaff",
    "records_courseworkcategory", "records_courseworkitem", "records_courseworkresult",
)  # fmt: skip
# What stood here before the service: all of it was there by now.
NOTE = """
CREATE TRIGGER oneroster_added AFTER INSERT ON {0} REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION oneroster_note_added();
CREATE TRIGGER oneroster_changed AFTER UPDATE ON {0} REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION oneroster_note_changed();
INSERT INTO oneroster_added SELECT '{0}', max(id), now() FROM {0} HAVING max(id) IS NOT NULL;
"""
TIMES_REVERSE = "".join(
    f"DROP TRIGGER oneroster_added ON {table}; DROP TRIGGER oneroster_changed ON {table};" for table in TABLES
) + (
    "DROP FUNCTION oneroster_modified(text, bigint), oneroster_note_added(), oneroster_note_changed();"
    "DROP TABLE oneroster_added, oneroster_changed;"
)

# Pages add no work but a teacher's own. A client writes as whoever made it, where that person's post reaches the class.
WRITING = """
CREATE FUNCTION oneroster_require_may_write(class bigint) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT (crescendo_may('scores.record') OR crescendo_may('records.correct')) OR NOT EXISTS (
        SELECT FROM roster_schoolclass c WHERE c.id = class AND c.school_id = ANY (crescendo_viewer_schools())
    ) THEN
        RAISE EXCEPTION 'not allowed to write work of class %', class USING ERRCODE = 'insufficient_privilege';
    END IF;
END $$;

CREATE FUNCTION oneroster_put_line_item(
    item bigint, guid text, sender text, class bigint, category bigint, session bigint, name text, words text,
    assigned date, due date, least_score float8, most_score float8
) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM oneroster_require_may_write(class);
    IF item IS NULL THEN
        INSERT INTO records_courseworkitem (source, metadata, title, description, assigned_on, due_on, score_min, score_max,
            school_class_id, category_id, session_id)
        VALUES (sender, '{}', name, words, assigned, due, least_score, most_score, class, category, session)
        RETURNING id INTO item;
        INSERT INTO roster_externalid (source, entity, external_id, object_id) VALUES (sender, 'line_item', guid, item);
    ELSE
        UPDATE records_courseworkitem SET title = name, description = words, assigned_on = assigned, due_on = due,
            score_min = least_score, score_max = most_score, category_id = category, session_id = session, ended_on = NULL
        WHERE id = item AND source = sender AND school_class_id = class;
        IF NOT FOUND THEN RAISE EXCEPTION 'line item % belongs to another source', item; END IF;
    END IF;
    RETURN item;
END $$;

CREATE FUNCTION oneroster_end_line_item(item bigint, sender text, day date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM oneroster_require_may_write(i.school_class_id) FROM records_courseworkitem i WHERE i.id = item;
    UPDATE records_courseworkitem SET ended_on = day WHERE id = item AND source = sender AND ended_on IS NULL;
END $$;

CREATE FUNCTION oneroster_drop_result(year smallint, result bigint, sender text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM oneroster_require_may_write(r.class_id) FROM records_courseworkresult r
        WHERE r.school_year = year AND r.id = result;
    DELETE FROM records_courseworkresult WHERE school_year = year AND id = result AND source = sender;
    RETURN FOUND;
END $$;
REVOKE ALL ON FUNCTION oneroster_require_may_write(bigint), oneroster_end_line_item(bigint, text, date),
    oneroster_drop_result(smallint, bigint, text), oneroster_put_line_item(bigint, text, text, bigint, bigint, bigint, text,
    text, date, date, float8, float8) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION oneroster_end_line_item(bigint, text, date), oneroster_drop_result(smallint, bigint, text),
    oneroster_put_line_item(bigint, text, text, bigint, bigint, bigint, text, text, date, date, float8, float8)
    TO crescendo_web;
"""
WRITING_REVERSE = """
DROP FUNCTION oneroster_drop_result(smallint, bigint, text); DROP FUNCTION oneroster_end_line_item(bigint, text, date);
DROP FUNCTION oneroster_put_line_item(bigint, text, text, bigint, bigint, bigint, text, text, date, date, float8, float8);
DROP FUNCTION oneroster_require_may_write(bigint);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("roster", "0008_scope_reads_the_day_once"),
        ("records", "0010_days_and_work_by_hand"),
        ("api", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(IDS, IDS_REVERSE),
        migrations.RunSQL(TIMES + "".join(NOTE.format(table) for table in TABLES), TIMES_REVERSE),
        migrations.RunSQL(WRITING, WRITING_REVERSE),
    ]
