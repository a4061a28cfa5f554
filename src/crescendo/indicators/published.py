"""A measurement has been published: whoever measures says so here, whoever builds on the numbers listens.

The numbers stand already when a listener is called; what it cannot do is done after the next measurement.
"""

import logging
from collections.abc import Callable

from .models import MeasurementRun

log = logging.getLogger("crescendo.indicators")

Listener = Callable[[MeasurementRun], object]
_listeners: list[Listener] = []


def listen(listener: Listener) -> None:
    """Be told of each published run. Called once, from `AppConfig.ready()`."""
    if listener not in _listeners:
        _listeners.append(listener)


def announce(run: MeasurementRun) -> None:
    """Say that the run is published. A listener that fails does not take the numbers back."""
    for listener in _listeners:
        try:
            listener(run)
        except Exception as problem:
            log.error("after run %s: %s failed with %s", run.pk, listener.__name__, type(problem).__name__)
