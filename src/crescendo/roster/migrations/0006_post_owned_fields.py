"""A role that somebody decided here stays when the next file says otherwise."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("roster", "0005_staff_rows")]

    operations = [
        migrations.AddField(
            model_name="post",
            name="owned_fields",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=60),
                blank=True,
                default=list,
                help_text="Columns that somebody decided here: imports leave them alone.",
                size=None,
            ),
        ),
    ]
