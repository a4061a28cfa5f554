"""What came of looking, in the words of the people who bring files in. No database, no clock."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from crescendo.imports.models import Look

BADGES = {
    Look.Outcome.NOTHING: "plain", Look.Outcome.UNREADY: "info", Look.Outcome.TAKEN: "good", Look.Outcome.SAME: "plain",
    Look.Outcome.BLOCKED: "attention", Look.Outcome.FAILED: "bad",
}  # fmt: skip
PROBLEMS: dict[str, Promise] = {
    "folder.no_inbox": gettext_lazy("This server names no inbox. Its keeper sets CRESCENDO_INBOX for pages and worker."),
    "folder.outside": gettext_lazy("This folder does not lie below the inbox."),
    "folder.missing": gettext_lazy("There is no such folder."),
    "folder.unreadable": gettext_lazy("The folder or a file in it may not be read."),
    "folder.not_moved": gettext_lazy("A file was brought in but could not be moved or deleted. Give us the right to write in the folder."),
    "place.too_many": gettext_lazy("The folder holds too many files. Empty it, or have files moved once they are brought in."),
    "file.changed": gettext_lazy("A file changed while it was read. We look again."),
    "file.too_large": gettext_lazy("A file is larger than 16 GB."),
    "sftp.no_host_key": gettext_lazy("This is no public key of a server. It looks like: ssh-ed25519 AAAAC3Nza…"),
    "sftp.other_host_key": gettext_lazy("The server shows another key than the one written down. Nothing was sent to it. Ask its keeper."),
    "sftp.no_sign_in": gettext_lazy("The worker knows neither a password nor a key for this server. Its keeper sets one of:"),
    "sftp.no_key_file": gettext_lazy("The file with our key is not there:"),
    "sftp.key_file_open": gettext_lazy("The file with our key can be read by others. Its keeper runs chmod 600 on it:"),
    "sftp.key_file_unreadable": gettext_lazy("The file with our key cannot be used."),
    "sftp.refused": gettext_lazy("The server does not accept our user name and password or key."),
    "sftp.not_reached": gettext_lazy("The server could not be reached."),
    "api.failed": gettext_lazy("The system's interface could not be read:"),
    "api.none": gettext_lazy("Files of this kind come as files: there is no interface to ask."),
    "import.stopped": gettext_lazy("The work itself broke. The import's page says where."),
    "unexpected": gettext_lazy("Something broke while we looked. The worker's log says more:"),
    "busy": gettext_lazy("Another file of this system was being brought in. We look again."),
    "waits": gettext_lazy("What came before waits for an OK. The next file builds on it, so it stays where it is."),
    "refused": gettext_lazy("The file was refused; nothing was changed. The import's page says why."),
    "asks": gettext_lazy("The import waits for somebody's OK."),
    "older": gettext_lazy("We had the same bytes before, and newer ones since: somebody has to agree."),
}  # fmt: skip
SAID_TOO = {"sftp.no_sign_in", "sftp.no_key_file", "sftp.key_file_open", "sftp.other_host_key", "api.failed", "unexpected"}  # fmt: skip


def problem_words(code: str, said: str) -> str:
    """What is wrong and what to do; what was met stands behind it where it helps."""
    text = str(PROBLEMS.get(code, ""))
    return f"{text} {said}".strip() if code in SAID_TOO and said else text


def every_words(minutes: int) -> str:
    if minutes % 60:
        return ngettext("every minute", "every %(n)s minutes", minutes) % {"n": minutes}
    return ngettext("every hour", "every %(n)s hours", minutes // 60) % {"n": minutes // 60}


def rhythm_words(every: int, unit: str) -> str:
    """'every school day', 'every 2 school days', 'every 3 hours of school days'."""
    if unit == "days":
        return ngettext("every school day", "every %(n)s school days", every) % {"n": every}
    return ngettext("every hour of school days", "every %(n)s hours of school days", every) % {"n": every}


def late_words() -> str:
    return _("late")
