"""The run, the snapshot's parts, the counting rules and targets; results come in 0002, as partitioned tables."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("roster", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CountingRules",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "indicator",
                    models.CharField(
                        blank=True, help_text="Empty: every indicator without its own row.", max_length=60
                    ),
                ),
                ("rule_pack", models.CharField(max_length=60)),
                ("position", models.SmallIntegerField(default=0)),
            ],
            options={
                "verbose_name_plural": "counting rules",
                "ordering": ["indicator", "position", "rule_pack"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("indicator", "rule_pack"), name="indicators_countingrules_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FactChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("table", models.CharField(max_length=63)),
                (
                    "school_year",
                    models.SmallIntegerField(help_text="0: the table has no school year, or was emptied."),
                ),
                ("changes", models.BigIntegerField(default=1)),
            ],
            options={
                "ordering": ["id"],
                "indexes": [
                    models.Index(fields=["table", "school_year"], name="indicators__table_e309e9_idx")
                ],
            },
        ),
        migrations.CreateModel(
            name="SnapshotPart",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("dataset", models.CharField(max_length=60)),
                ("school_year", models.SmallIntegerField(help_text="0: the dataset is kept whole.")),
                (
                    "version",
                    models.CharField(
                        help_text="Counters of the changes to the tables it was read from.", max_length=200
                    ),
                ),
                (
                    "content_hash",
                    models.CharField(help_text="SHA-256 of the file, and its name.", max_length=64),
                ),
                ("rows", models.BigIntegerField()),
            ],
            options={
                "ordering": ["dataset", "school_year"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("dataset", "school_year"), name="indicators_snapshotpart_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="MeasurementRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("school_year", models.SmallIntegerField()),
                ("as_of", models.DateField(help_text="The last day whose facts count.")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("running", "Running"),
                            ("published", "Published"),
                            ("failed", "Failed"),
                            ("interrupted", "stopped half-way"),
                        ],
                        default="running",
                        max_length=20,
                    ),
                ),
                ("is_current", models.BooleanField(default=False)),
                ("snapshot_id", models.CharField(blank=True, max_length=64)),
                ("library_version", models.CharField(blank=True, max_length=40)),
                ("started_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "results_dropped_at",
                    models.DateTimeField(help_text="Since when only this row is left of the run.", null=True),
                ),
                ("counts", models.JSONField(default=dict, help_text="Rows per result table and dataset.")),
                ("timings", models.JSONField(default=dict, help_text="CPU and wall seconds per phase.")),
                (
                    "problem",
                    models.CharField(
                        blank=True, help_text="The kind of error; never a person's data.", max_length=200
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_current", True)),
                        fields=("school_year",),
                        name="indicators_one_current_run_per_year",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("is_current", False), ("state", "published"), _connector="OR"),
                        name="indicators_current_run_is_published",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Target",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("indicator", models.CharField(max_length=60)),
                ("school_year", models.SmallIntegerField()),
                ("value", models.FloatField()),
                (
                    "direction",
                    models.CharField(
                        choices=[("at_least", "at least"), ("at_most", "at most")], max_length=20
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="targets",
                        to="roster.organisation",
                    ),
                ),
            ],
            options={
                "ordering": ["organisation", "school_year", "indicator"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("indicator", "organisation", "school_year"), name="indicators_target_once"
                    )
                ],
            },
        ),
    ]
