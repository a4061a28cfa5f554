"""The permissions of plans, support, recording and set-up. A site's own choices about older ones stay."""

from django.db import migrations

from crescendo.accounts import roles

NEW = (
    "attendance.record",
    "scores.record",
    "support.write",
    "plans.write",
    "people.invite",
    "site.set_up",
)


def grant(apps, schema_editor):
    role_model, permission = apps.get_model("accounts", "Role"), apps.get_model("accounts", "Permission")
    for code in NEW:
        permission.objects.update_or_create(code=code, defaults={"sentence": roles.PERMISSIONS[code]})
    for role in role_model.objects.filter(code__in=roles.ROLES).order_by("code"):
        role.permissions.add(*(code for code in roles.ROLES[role.code][2].split() if code in NEW))


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_own_row")]

    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
