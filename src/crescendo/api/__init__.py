"""The doors for other systems: who may come in (clients, tokens, scopes), and the live intake of marks (`/api/v1`).

A *client* is another system with a secret of its own. It acts for the person who made it, at one organisation and those
below it. A *batch* is what it sent at once: kept before it is answered, worked off within the second by the process that
counts marks (`crescendo live`). What is read through OneRoster stands in `crescendo.oneroster`.
"""
