"""What is done on a learning platform is told from clubs and teams: each has its own measures."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0011_kept_records")]

    operations = [
        migrations.AddField(
            model_name="activityevent",
            name="is_on_platform",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
