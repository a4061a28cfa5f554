"""A year's facts leave a twentieth of each page free: a mark that is changed the next night then stays on its page, and the
year's four indexes are not written for it. Years that are there already stay as they are."""

from importlib import import_module

from django.db import migrations

BEGIN_YEAR = import_module("crescendo.records.migrations.0005_bulk_load").BEGIN_YEAR.replace(
    "CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"
)
CLOSED = "INCLUDING CONSTRAINTS)'"
WITH_ROOM = BEGIN_YEAR.replace(CLOSED, CLOSED.removesuffix("'") + " WITH (fillfactor = 95)'")


class Migration(migrations.Migration):
    dependencies = [("records", "0012_activity_on_platform")]

    operations = [migrations.RunSQL(WITH_ROOM, BEGIN_YEAR)]
