"""Which groups' numbers are hidden from whoever may not see the students behind them. Hidden unless said otherwise."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("indicators", "0004_scope")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    "ALTER TABLE indicators_groupvalue ADD COLUMN is_suppressed boolean NOT NULL DEFAULT true",
                    "ALTER TABLE indicators_groupvalue DROP COLUMN is_suppressed",
                )
            ],
            state_operations=[
                migrations.AddField(
                    model_name="groupvalue",
                    name="is_suppressed",
                    field=models.BooleanField(
                        default=True, help_text="Hidden from whoever may not see the students behind it."
                    ),
                ),
            ],
        )
    ]
