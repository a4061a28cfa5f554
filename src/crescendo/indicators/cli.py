"""`crescendo measure`: snapshot the facts, evaluate the indicators, publish."""

import json
import sys
import time
from datetime import date, datetime
from typing import Annotated

import typer

from crescendo.core import background

app = typer.Typer(add_completion=False)

WORDS = {
    "snapshot": "Copying the facts",
    "evaluate": "Computing the indicators",
    "publish": "Publishing the numbers",
}


class Ticker:
    """Says on standard error what is being done, once it has taken two seconds."""

    def __init__(self) -> None:
        self.began = time.monotonic()
        self.said = ""

    def __call__(self, phase: str, done: int, of: int) -> None:
        if time.monotonic() - self.began < 2:
            return
        line = f"{WORDS.get(phase, phase)}" + (f" ({done} of {of})" if of else "")
        if line != self.said:
            print(line, file=sys.stderr, flush=True)
            self.said = line


@app.command()
def measure(
    as_of: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The last day whose facts count; without it, today."),
    ] = None,
    school_year: Annotated[
        int | None,
        typer.Option(
            min=1900,
            max=2200,
            help="The year in which the school year ends: 2026 for 2025-26. Without it, that of the day.",
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the run, its counts and its timings as JSON.")
    ] = False,
) -> None:
    """Snapshot the facts, evaluate every indicator and publish the numbers in one step.

    Pages show the previous numbers until the new ones are complete; stop it whenever you like.
    """
    background.step_back()
    import django  # noqa: PLC0415

    django.setup()
    from crescendo.core import school_time  # noqa: PLC0415
    from crescendo.core.errors import Refused  # noqa: PLC0415
    from crescendo.indicators import actions  # noqa: PLC0415

    day, year = _day_and_year(as_of.date() if as_of else None, school_year, school_time.today())
    try:
        run = actions.run_measurement(as_of=day, school_year=year, progress=Ticker())
    except Refused as refusal:
        typer.echo(str(refusal), err=True)
        raise typer.Exit(1) from refusal
    report = {
        "run": run.pk,
        "school_year": run.school_year,
        "as_of": run.as_of.isoformat(),
        "snapshot": run.snapshot_id,
        "edmeasures": run.library_version,
        "counts": run.counts,
        **run.timings,
    }
    if as_json:
        typer.echo(json.dumps(report))
        return
    total = run.timings["total"]
    typer.echo(
        f"Run {run.pk} is published: {run.counts['results']['studentvalue']} students' values and "
        f"{run.counts['results']['groupvalue']} groups' values as of {run.as_of.isoformat()}, "
        f"in {total['wall']} seconds ({total['cpu']} of CPU time)."
    )


def _day_and_year(as_of: date | None, school_year: int | None, today: date) -> tuple[date, int]:
    """A year without a day is measured as of today, or as of its last day once it is over."""
    from crescendo.core.school_time import school_year_days, school_year_of  # noqa: PLC0415

    if as_of is None and school_year is not None:
        begins_on, ends_on = school_year_days(school_year)
        if begins_on > today:
            typer.echo(
                f"School year {school_year} begins on {begins_on}: there is nothing to measure yet.", err=True
            )
            raise typer.Exit(1)
        return min(today, ends_on), school_year
    day = as_of or today
    return day, school_year or school_year_of(day)
