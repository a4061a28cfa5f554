"""What is switched on, and how large the site is: counted as the owner, because no single viewer sees every student."""

from django.db import migrations, models

from crescendo.roster.row_security import policy

SIZE = """
CREATE FUNCTION crescendo_size(at_most integer) RETURNS TABLE (schools integer, students integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT (SELECT count(*)::int FROM (
                SELECT FROM roster_organisation WHERE kind = 'school' AND ended_on IS NULL LIMIT at_most) s),
           (SELECT count(*)::int FROM (
                SELECT FROM roster_enrolment
                WHERE is_primary AND entry_on <= crescendo_today() AND (exit_on IS NULL OR exit_on >= crescendo_today())
                  AND (ended_on IS NULL OR ended_on > crescendo_today()) LIMIT at_most) e)
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("roster", "0006_post_owned_fields")]

    operations = [
        migrations.CreateModel(
            name="AreaSwitch",
            fields=[
                ("code", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("is_on", models.BooleanField()),
            ],
            options={"ordering": ["code"]},
        ),
        policy("roster_areaswitch", "true", "(SELECT crescendo_may('site.set_up'))"),
        migrations.RunSQL(SIZE, "DROP FUNCTION crescendo_size(integer)"),
    ]
