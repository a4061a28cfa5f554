"""What a site says about its school or district: its name, country, time zone and language."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_permissions_of_the_loop")]

    operations = [
        migrations.AddField(
            model_name="site",
            name="name",
            field=models.CharField(
                blank=True, help_text="What people call the school or district.", max_length=255, default=""
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="site",
            name="country",
            field=models.CharField(
                blank=True, help_text="Whose rules and words: us, england, other.", max_length=20, default=""
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="site",
            name="time_zone",
            field=models.CharField(
                blank=True, help_text="Empty: CRESCENDO_TIME_ZONE.", max_length=60, default=""
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="site",
            name="language",
            field=models.CharField(
                blank=True,
                help_text="For people who have not chosen one; empty: the site's English.",
                max_length=10,
                default="",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="site",
            name="needs_second_factor",
            field=models.BooleanField(
                default=False,
                help_text="Whoever manages rights, posts or the site signs in with a code as well.",
            ),
        ),
    ]
