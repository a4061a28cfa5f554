"""Most students attend one school: their number over all schools is that school's, and one row says both.

And what a group's page needs beside its value: how many were flagged, how many could not be evaluated, the mean of
the students' values, the average number of members.
"""

from django.db import migrations, models

ADD = """
ALTER TABLE indicators_studentvalue ADD COLUMN is_whole boolean NOT NULL;
ALTER TABLE indicators_groupvalue
    ADD COLUMN n_flagged bigint, ADD COLUMN n_not_evaluated bigint,
    ADD COLUMN mean_of_students double precision, ADD COLUMN average_daily_membership double precision;
"""
DROP = """
ALTER TABLE indicators_studentvalue DROP COLUMN is_whole;
ALTER TABLE indicators_groupvalue
    DROP COLUMN n_flagged, DROP COLUMN n_not_evaluated,
    DROP COLUMN mean_of_students, DROP COLUMN average_daily_membership;
"""
# No number published before says which it is: the next measurement brings them all again.
FORGET = """
UPDATE indicators_measurementrun SET is_current = false, results_dropped_at = clock_timestamp()
    WHERE results_dropped_at IS NULL;
TRUNCATE indicators_studentvalue, indicators_groupvalue, indicators_series;
"""


class Migration(migrations.Migration):
    dependencies = [("indicators", "0005_suppression")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL([FORGET, ADD], DROP)],
            state_operations=[
                migrations.AddField(
                    model_name="studentvalue",
                    name="is_whole",
                    field=models.BooleanField(help_text="Over all of the student's schools."),
                    preserve_default=False,
                ),
                migrations.AddField("groupvalue", "n_flagged", models.BigIntegerField(null=True)),
                migrations.AddField("groupvalue", "n_not_evaluated", models.BigIntegerField(null=True)),
                migrations.AddField("groupvalue", "mean_of_students", models.FloatField(null=True)),
                migrations.AddField("groupvalue", "average_daily_membership", models.FloatField(null=True)),
            ],
        )
    ]
