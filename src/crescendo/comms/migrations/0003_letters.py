"""A letter goes to an address, not to a sign-in: somebody who is invited has none yet."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("comms", "0002_row_security")]

    operations = [
        migrations.AlterField(
            model_name="delivery",
            name="recipient",
            field=models.ForeignKey(
                help_text="Empty: a letter to somebody who may have no sign-in.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="deliveries",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
    ]
