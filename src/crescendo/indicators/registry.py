"""Which fact tables there are: the `DATASETS` of every installed app, under the measure library's names."""

import sys
from functools import cache

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured

from crescendo.core.datasets import Dataset


@cache
def datasets() -> dict[str, Dataset]:
    """Every dataset by name, in the order of the installed apps."""
    found: dict[str, Dataset] = {}
    for config in apps.get_app_configs():
        module = sys.modules.get(f"{config.name}.datasets")
        for dataset in getattr(module, "DATASETS", ()):
            if dataset.name in found:
                raise ImproperlyConfigured(
                    f"{config.name}.datasets: '{dataset.name}' is offered by another app too."
                )
            found[dataset.name] = dataset
    return found
