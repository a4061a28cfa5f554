#!/usr/bin/env python
"""Django's own commands, for developers. People use `crescendo` (see `crescendo --help`)."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crescendo.settings")
    os.environ.setdefault("CRESCENDO_PROCESS", "owner")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
