"""A mail backend for the test that kills the worker: one file per message, and a pause in the middle when asked."""

import os
import time
from pathlib import Path

from django.core.mail.backends.base import BaseEmailBackend


class EmailBackend(BaseEmailBackend):
    def send_messages(self, messages: list) -> int:
        folder = Path(os.environ["TEST_MAIL_FOLDER"])
        for message in messages:
            (folder / "began").touch()
            time.sleep(float(os.environ.get("TEST_MAIL_PAUSE", "0")))
            name = message.extra_headers["Message-ID"].strip("<>")
            with (folder / f"{name}.eml").open("a") as file:
                file.write("sent\n")
        return len(messages)
