"""`python -m crescendo` is the `crescendo` command."""

from crescendo.cli import app

app(prog_name="crescendo")
