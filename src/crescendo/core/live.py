"""Telling open pages that something changed: PostgreSQL's NOTIFY carries ids, never data.

A *topic* names what changed ("student:1", "class:3", "organisation:2"). Whoever changes it says so in the transaction
of the change; the message goes out when the transaction commits, and never if it does not. Each web process listens
once (`crescendo.live_streams`) and passes the topics to the pages that asked for them. The pages then ask again
through their own address, in their own scope.
"""

from collections.abc import Iterable

from django.db import connection

CHANNEL = "crescendo_changed"  # open pages
READER = "reader:"  # before the number of a sign-in: its pages stop listening
MARKS = "crescendo_marks"  # the process that keeps numbers up to the minute
_MOST_BYTES = 7900  # PostgreSQL takes less than 8000 in one message


def announce(topics: Iterable[str]) -> None:
    """Tell the pages that show any of these topics, when this transaction commits."""
    for message in messages(topics):
        notify(CHANNEL, message)


def stop_listening(user_id: int) -> None:
    """This person signed out, or may not see what they saw: their open pages hear nothing more, and ask anew if they may."""
    notify(CHANNEL, f"{READER}{user_id}")


def notify(channel: str, message: str = "") -> None:
    """One message on a channel, at commit."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [channel, message])


def messages(topics: Iterable[str]) -> list[str]:
    """Topics with a blank between them, in as many messages as their number needs.

    >>> messages(["class:3", "student:1", "student:1"])
    ['class:3 student:1']
    """
    found: list[str] = []
    for topic in sorted(set(topics)):
        if found and len(found[-1]) + len(topic) < _MOST_BYTES:
            found[-1] += f" {topic}"
        else:
            found.append(topic)
    return found
