"""OneRoster 1.1 and 1.2 over HTTP: what another system's service answers, landed as JSON and read by the rules of the CSV kind.

A fetch leaves one file of JSON lines for each collection. Staging writes each as the CSV file that the standard has for
it, and hands over to `sources/oneroster`: one set of rules for both doors.
"""

from crescendo.imports.bench import Workbench
from crescendo.imports.sources import oneroster

from . import flattening


def stage(bench: Workbench) -> None:
    """Read the JSON that was fetched, and go on as with a package of CSV files."""
    files = flattening.flatten(bench)
    bench.stop_on_errors()
    bench.files = files
    oneroster.stage(bench)
