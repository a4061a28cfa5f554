"""A sign-in name is found whatever its case, so it has to be unique whatever its case.

Where two differ in case alone, the older keeps its name; the younger gets its number behind it (`ada-17`).
"""

import django.db.models.functions.text
from django.db import migrations, models

PART = """
UPDATE accounts_user younger SET username = left(younger.username, 240) || '-' || younger.id
WHERE EXISTS (SELECT FROM accounts_user older
              WHERE upper(older.username) = upper(younger.username) AND older.id < younger.id)
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_site_of_a_school")]

    operations = [
        migrations.RunSQL(PART, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.UniqueConstraint(
                django.db.models.functions.text.Upper("username"), name="accounts_user_username_without_case"
            ),
        ),
    ]
