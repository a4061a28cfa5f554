"""A member of staff's row says which sign-in stands behind it: whoever could write it could become anybody."""

from django.db import migrations

from crescendo.roster.row_security import policy


class Migration(migrations.Migration):
    dependencies = [("roster", "0004_erasure")]

    operations = [policy("roster_staffmember", "true", "(SELECT crescendo_may('posts.manage'))")]
