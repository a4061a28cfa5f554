"""A page changes no sign-in but its viewer's own; before sign-in (the last day, a stronger digest) nobody is the viewer."""

from django.db import migrations

VIEWER = "NULLIF(current_setting('crescendo.viewer', true), '')::bigint"

FORWARD = f"""
ALTER TABLE accounts_user ENABLE ROW LEVEL SECURITY;
ALTER TABLE accounts_user FORCE ROW LEVEL SECURITY;
CREATE POLICY accounts_user_read ON accounts_user FOR SELECT TO crescendo_web USING (true);
CREATE POLICY accounts_user_own ON accounts_user FOR UPDATE TO crescendo_web
    USING (id = {VIEWER} OR {VIEWER} IS NULL) WITH CHECK (id = {VIEWER} OR {VIEWER} IS NULL);
"""

BACKWARD = """
DROP POLICY accounts_user_own ON accounts_user;
DROP POLICY accounts_user_read ON accounts_user;
ALTER TABLE accounts_user NO FORCE ROW LEVEL SECURITY;
ALTER TABLE accounts_user DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_sign_in_failures")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
