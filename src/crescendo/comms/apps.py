import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.apps import AppConfig

from . import registry


def _named_users(arguments: Mapping[str, Any], on: dt.date) -> Iterable[int]:
    return [int(pk) for pk in arguments["users"]]


class CommsConfig(AppConfig):
    name = "crescendo.comms"

    def ready(self) -> None:
        registry.register_audience("users", _named_users)
