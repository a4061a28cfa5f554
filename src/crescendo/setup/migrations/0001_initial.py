import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0007_sign_in_names_without_case"),
        ("roster", "0006_post_owned_fields"),
        ("indicators", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="SetupProgress",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("began_at", models.DateTimeField()),
                (
                    "adopted_at",
                    models.DateTimeField(
                        help_text="Somebody said: what the file brought are our schools.", null=True
                    ),
                ),
                (
                    "calendar_at",
                    models.DateTimeField(help_text="Somebody said: these are our school days.", null=True),
                ),
                (
                    "roles_at",
                    models.DateTimeField(help_text="Somebody said: these roles are right.", null=True),
                ),
                (
                    "invited_at",
                    models.DateTimeField(help_text="People were invited, or will be later.", null=True),
                ),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "organisation",
                    models.ForeignKey(
                        help_text="Made at the start, until files came.",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roster.organisation",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("id", 1)), name="setup_setupprogress_is_one_row"
                    )
                ],
            },
        ),
    ]
