"""The second factor and its recovery codes. A page reaches its viewer's own rows; before sign-in nobody is the viewer."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

VIEWER = "NULLIF(current_setting('crescendo.viewer', true), '')::bigint"
OWN = f"user_id = {VIEWER} OR {VIEWER} IS NULL"


def own_rows(table: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"""
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
        CREATE POLICY {table}_own ON {table} TO crescendo_web USING ({OWN}) WITH CHECK ({OWN});
        """,
        f"""
        DROP POLICY {table}_own ON {table};
        ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;
        ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
        """,
    )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_sign_in_names_without_case")]

    operations = [
        migrations.CreateModel(
            name="SecondFactor",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("secret", models.CharField(max_length=64)),
                ("made_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(null=True)),
                (
                    "last_step",
                    models.BigIntegerField(
                        default=0, help_text="The half minute of the last code: none is used twice."
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RecoveryCode",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("digest", models.CharField(max_length=64)),
                ("used_at", models.DateTimeField(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"ordering": ["user", "id"]},
        ),
        own_rows("accounts_secondfactor"),
        own_rows("accounts_recoverycode"),
    ]
