"""Erasing a person reaches what undo keeps: the images of rows that an import changed hold names and notes too."""

from django.db import migrations

# A student's own row and that of an adult whom we know through this child alone are not put back after an erasure, so
# their images go. Images of what belongs to the student (enrolments, facts) stay for undo, without words and keys.
FORGET = """
CREATE FUNCTION imports_without_words(stored jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT stored || coalesce((
        SELECT jsonb_object_agg(key, CASE key
            WHEN 'metadata' THEN '{}'::jsonb
            WHEN 'source_key' THEN to_jsonb('erased:' || coalesce(stored->>'id', ''))
            ELSE '""'::jsonb END)
        FROM jsonb_each(stored)
        WHERE key IN ('metadata', 'source_key', 'comment', 'score_text', 'title', 'relationship', 'basis')
          AND value <> 'null'
    ), '{}')
$$;

CREATE FUNCTION imports_forget_student(student bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE adults bigint[];
BEGIN
    PERFORM crescendo_require_may_erase(student);
    adults := ARRAY(
        SELECT l.family_member_id FROM roster_familylink l WHERE l.student_id = student
        UNION SELECT r.family_member_id FROM roster_familyright r WHERE r.student_id = student
        EXCEPT SELECT l.family_member_id FROM roster_familylink l JOIN roster_student s ON s.id = l.student_id
               WHERE s.id <> student AND s.erased_at IS NULL
    );
    DELETE FROM imports_change
    WHERE (target = 'students' AND object_id = student) OR (target = 'family' AND object_id = ANY(adults));
    UPDATE imports_change
    SET before = imports_without_words(before), after = imports_without_words(after)
    WHERE before->>'student_id' = student::text;
END $$;
"""

REVERSE = """
DROP FUNCTION imports_forget_student(bigint);
DROP FUNCTION imports_without_words(jsonb);
"""


class Migration(migrations.Migration):
    dependencies = [("imports", "0001_initial"), ("roster", "0004_erasure")]

    operations = [migrations.RunSQL(FORGET, REVERSE)]
