"""What the terminal shows while the demo is built: the step, how far it is, and how long it has taken."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

Report = Callable[..., None]


class Steps:
    """A line per step; a moving bar where the terminal can, a plain line where it cannot."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console()
        columns = (
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            TimeElapsedColumn(),
        )
        self.progress = Progress(*columns, console=self.console, transient=True)

    def __enter__(self) -> Self:
        if self.console.is_terminal:
            self.progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.progress.stop()

    @contextmanager
    def step(self, title: str) -> Iterator[Report]:
        """Inside, call the report with (what, done, total); a total of 0 means "not known"."""
        began = time.monotonic()
        task = self.progress.add_task(title, total=None)
        if not self.console.is_terminal:
            self.console.print(f"{title} ...")

        def report(what: str, done: int = 0, total: int | None = None) -> None:
            self.progress.update(task, description=f"{title}: {what}", completed=done, total=total or None)

        yield report
        self.progress.remove_task(task)
        self.console.print(f"{title}: {time.monotonic() - began:.1f} s", highlight=False)
