"""Ed-Fi: bulk XML of Data Standard 4 to 6, and what an Ed-Fi API answered as JSON lines. Both become the same records.

Read as a stream; references are resolved by natural key; descriptors are mapped by lists that are data (`codes.toml`);
what has no table of ours is kept as it came. `README.md` says what becomes what.
"""

from datetime import date, datetime
from typing import TYPE_CHECKING

from crescendo.imports.bench import Workbench
from crescendo.imports.sources import FetchProblem

from . import (
    assessments,
    attendance,
    behaviour,
    classes,
    codes,
    enrolments,
    kept,
    marks,
    package,
    people,
    places,
    programmes,
    reading,
    resolving,
)
from .handing import Delivery

if TYPE_CHECKING:
    from crescendo.accounts.models import User
    from crescendo.imports.models import ImportRun, Source

SUBJECTS = (places, classes, people, enrolments, attendance, assessments, marks, behaviour, programmes, kept)


def stage(bench: Workbench) -> None:
    """Read, resolve and hand over one delivery."""
    bench.open_columns = bench.open_columns - {"value"}
    parts = package.open_delivery(bench)
    resources = reading.read_all(bench, parts)
    bench.stop_on_errors()
    codes.load(bench)
    resolving.resolve_all(bench, resources)
    delivery = Delivery(bench, resources)
    for name in bench.options.get("edfi_window", {}).get("not_granted", []):
        bench.notice("resource.not_granted", file=name, expected="leave to read it",
                     what_to_do="The host does not let us read this resource (403 or 404): what we hold of it stays as it is.")  # fmt: skip
    for subject in SUBJECTS:
        subject.hand_over(delivery)
    bench.stop_on_errors()


def fetch(source: "Source", *, by: "User | None", on: date, at: datetime) -> "ImportRun":
    """What the API has, or what changed there since the last applied run, as the clock asks for it."""
    from .client import ApiError  # noqa: PLC0415  (the reading half needs neither HTTP nor tables)
    from .live import bring_in  # noqa: PLC0415

    try:
        return bring_in(source, by=by, on=on, at=at)
    except ApiError as problem:
        raise FetchProblem(str(problem)) from problem
