"""The roles and permissions of `accounts.roles`, on a new site."""

from django.db import migrations

from crescendo.accounts import roles


def seed(apps, schema_editor):
    roles.seed(apps.get_model("accounts", "Role"), apps.get_model("accounts", "Permission"))


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
