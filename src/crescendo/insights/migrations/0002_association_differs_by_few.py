from django.db import migrations, models


class Migration(migrations.Migration):
    """A pair over nearly the same students as another keeps its numbers from those who may not see the students."""

    dependencies = [("insights", "0001_associations")]

    operations = [
        migrations.AddField(
            model_name="association",
            name="differs_by_few",
            field=models.BooleanField(
                default=False,
                help_text="Over nearly the same students as a pair before it: its numbers are for who may see the students.",
            ),
        ),
    ]
