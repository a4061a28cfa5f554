"""What is read in place of a hidden number: the range that gives nobody away, or nothing."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("indicators", "0006_whole_and_counts")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    'ALTER TABLE indicators_groupvalue ADD COLUMN shown varchar(20) COLLATE "C"',
                    "ALTER TABLE indicators_groupvalue DROP COLUMN shown",
                )
            ],
            state_operations=[
                migrations.AddField(
                    "groupvalue",
                    "shown",
                    models.CharField(
                        max_length=20, null=True, help_text="A range, where the exact share is hidden."
                    ),
                ),
            ],
        )
    ]
