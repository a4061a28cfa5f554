"""Pages only read pieces of coursework: imports write them. A teacher adds one to a class of theirs, and nothing else."""

from django.db import migrations

# It asks again what the page asked: the permission, and that the person teaches the class today. It adds a row and can
# change none, so what a source owns stays the source's; and no source owns this row, so no delivery ends it.
ADD = """
CREATE FUNCTION crescendo_add_coursework(class_id bigint, title text, due_on date, score_max double precision)
RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    added bigint;
BEGIN
    IF NOT (crescendo_may('scores.record') AND class_id = ANY (crescendo_viewer_classes())) THEN
        RAISE EXCEPTION 'Only those who teach class % can add work to it.', class_id USING ERRCODE = '42501';
    END IF;
    IF btrim(title) = '' OR NOT (score_max > 0 AND score_max <= 1000000) THEN
        RAISE EXCEPTION 'A piece of work has a title and a highest score above 0.' USING ERRCODE = '22023';
    END IF;
    INSERT INTO records_courseworkitem (source, metadata, school_class_id, title, description, assigned_on, due_on,
                                        score_min, score_max)
    VALUES ('crescendo', '{}', class_id, title, '', least(crescendo_today(), due_on), due_on, 0, score_max)
    RETURNING id INTO added;
    RETURN added;
END $$;
REVOKE ALL ON FUNCTION crescendo_add_coursework(bigint, text, date, double precision) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION crescendo_add_coursework(bigint, text, date, double precision) TO crescendo_web;
"""


class Migration(migrations.Migration):
    dependencies = [("records", "0008_sending_keys"), ("roster", "0002_scope")]

    operations = [
        migrations.RunSQL(
            ADD, "DROP FUNCTION crescendo_add_coursework(bigint, text, date, double precision)"
        ),
    ]
