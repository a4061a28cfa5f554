"""What this year is compared with: last year, measured to the same day."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("indicators", "0007_shown_instead"),
    ]

    operations = [
        migrations.AddField(
            model_name="measurementrun",
            name="compared_with",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="indicators.measurementrun",
            ),
        ),
        migrations.AddField(
            model_name="measurementrun",
            name="kind",
            field=models.CharField(
                choices=[("year", "a school year so far"), ("same_time", "the year before, to the same day")],
                default="year",
                max_length=20,
            ),
        ),
    ]
