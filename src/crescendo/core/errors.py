"""What goes wrong in words that pages can answer with."""


class NotFound(LookupError):
    """There is no such thing for this viewer: absent and out of scope look the same (the page answers 404)."""


class NotAllowed(Exception):
    """The person may not do this; the message says who may (the page answers 403)."""


class Refused(ValueError):
    """What was asked cannot be done as it stands; the message says what to change."""
