"""OneRoster 1.1 and 1.2 over HTTP: what another system's service answers, landed as JSON and read by the rules of the CSV kind.

A fetch leaves one file of JSON lines for each collection. Staging writes each as the CSV file that the standard has for
it, and hands over to `sources/oneroster`: one set of rules for both doors.
"""

from datetime import date, datetime
from typing import TYPE_CHECKING

from crescendo.imports.bench import Workbench
from crescendo.imports.sources import FetchProblem, oneroster

from . import flattening

if TYPE_CHECKING:
    from crescendo.accounts.models import User
    from crescendo.imports.models import ImportRun, Source


def stage(bench: Workbench) -> None:
    """Read the JSON that was fetched, and go on as with a package of CSV files."""
    files = flattening.flatten(bench)
    bench.stop_on_errors()
    bench.files = files
    oneroster.stage(bench)


def fetch(source: "Source", *, by: "User | None", on: date, at: datetime) -> "ImportRun":
    """Everything that the service has, as the clock asks for it."""
    from .calling import FetchFailed  # noqa: PLC0415  (the reading half needs neither HTTP nor tables)
    from .pulling import pull  # noqa: PLC0415

    try:
        return pull(source, by=by, on=on, at=at)
    except FetchFailed as problem:
        raise FetchProblem(str(problem)) from problem
