"""A page sees the messages of its own viewer, and the outbox entries that reached or came from them."""

from django.db import migrations

VIEWER = "NULLIF(current_setting('crescendo.viewer', true), '')::bigint"

FORWARD = f"""
ALTER TABLE comms_delivery ENABLE ROW LEVEL SECURITY;
ALTER TABLE comms_delivery FORCE ROW LEVEL SECURITY;
CREATE POLICY comms_delivery_own ON comms_delivery FOR ALL TO crescendo_web
    USING (recipient_id = {VIEWER}) WITH CHECK (recipient_id = {VIEWER});

ALTER TABLE comms_outboxentry ENABLE ROW LEVEL SECURITY;
ALTER TABLE comms_outboxentry FORCE ROW LEVEL SECURITY;
CREATE POLICY comms_outboxentry_read ON comms_outboxentry FOR SELECT TO crescendo_web
    USING (
        by_id = {VIEWER}
        OR EXISTS (SELECT 1 FROM comms_delivery d
                   WHERE d.entry_id = comms_outboxentry.id AND d.recipient_id = {VIEWER})
    );
CREATE POLICY comms_outboxentry_tell ON comms_outboxentry FOR INSERT TO crescendo_web
    WITH CHECK (by_id = {VIEWER});
"""

BACKWARD = """
DROP POLICY comms_outboxentry_tell ON comms_outboxentry;
DROP POLICY comms_outboxentry_read ON comms_outboxentry;
ALTER TABLE comms_outboxentry NO FORCE ROW LEVEL SECURITY;
ALTER TABLE comms_outboxentry DISABLE ROW LEVEL SECURITY;
DROP POLICY comms_delivery_own ON comms_delivery;
ALTER TABLE comms_delivery NO FORCE ROW LEVEL SECURITY;
ALTER TABLE comms_delivery DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("comms", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
