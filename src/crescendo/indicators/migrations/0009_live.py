"""What keeps the current numbers up to the minute: marks that wait to be counted, and what roll-ups are added up from."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("indicators", "0008_same_time")]

    operations = [
        migrations.CreateModel(
            name="LiveChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("school_year", models.SmallIntegerField()),
                ("school_id", models.BigIntegerField()),
                (
                    "tables",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60),
                        help_text="The measure library's names of the tables whose facts changed.",
                        size=None,
                    ),
                ),
                (
                    "counted_in",
                    models.BigIntegerField(
                        help_text="The run whose numbers contain it by now; empty: none.", null=True
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "indexes": [models.Index(fields=["school_year"], name="indicators_livechange_year")],
            },
        ),
        migrations.CreateModel(
            name="LiveBase",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("run_id", models.BigIntegerField()),
                (
                    "kind",
                    models.CharField(choices=[("parts", "Parts"), ("reference", "Reference")], max_length=20),
                ),
                (
                    "name",
                    models.TextField(
                        help_text="The block (its schools' ids), or the reference table's name."
                    ),
                ),
                ("content", models.BinaryField(help_text="An Arrow stream.")),
            ],
            options={
                "ordering": ["run_id", "kind", "name"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("run_id", "kind", "name"), name="indicators_livebase_once"
                    )
                ],
            },
        ),
    ]
