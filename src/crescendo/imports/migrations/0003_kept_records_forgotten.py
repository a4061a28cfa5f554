"""What undo keeps of a kept record is emptied too when the student is erased."""

from django.db import migrations

WITHOUT_WORDS = """
CREATE OR REPLACE FUNCTION imports_without_words(stored jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT stored || coalesce((
        SELECT jsonb_object_agg(key, CASE key
            WHEN 'metadata' THEN '{}'::jsonb
            WHEN 'data' THEN '"{}"'::jsonb
            WHEN 'source_key' THEN to_jsonb('erased:' || coalesce(stored->>'id', ''))
            ELSE '""'::jsonb END)
        FROM jsonb_each(stored)
        WHERE key IN ('metadata', 'data', 'source_key', 'comment', 'score_text', 'title', 'relationship', 'basis')
          AND value <> 'null'
    ), '{}')
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("imports", "0002_forgetting"), ("records", "0011_kept_records")]

    # The way back keeps the wider function: it forgets more, never less.
    operations = [migrations.RunSQL(WITHOUT_WORDS, migrations.RunSQL.noop)]
