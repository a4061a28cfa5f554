"""A query that was handed one viewer, in a transaction that looks as another, is refused instead of answered."""

from django.db import migrations

LOOKS_AS = """
CREATE FUNCTION crescendo_looks_as(viewer bigint, today date) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF viewer IS DISTINCT FROM public.crescendo_viewer() OR today IS DISTINCT FROM public.crescendo_today() THEN
        RAISE EXCEPTION 'The query asks for user % on %, but the transaction looks as user % on %.',
            coalesce(viewer::text, 'nobody'), today,
            coalesce(public.crescendo_viewer()::text, 'nobody'), public.crescendo_today()
            USING HINT = 'Enter crescendo.roster.scope.looking_as(user_id, on) first.';
    END IF;
    RETURN true;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("roster", "0002_scope")]

    operations = [migrations.RunSQL(LOOKS_AS, "DROP FUNCTION crescendo_looks_as(bigint, date)")]
