"""What this site measures: the core of the catalogue, and what the site asks for beside it.

The catalogue is larger than what a district can read. The rest is defined on its pages and measured where
`CRESCENDO_ALSO_MEASURED` names it.
"""

from django.conf import settings

from edmeasures import catalog
from edmeasures.indicator import Indicator


def measured() -> tuple[Indicator, ...]:
    """The indicators of a measurement run, in the order of the catalogue; an unknown name is an error that lists those
    there are."""
    also = {catalog.get(code).code for code in settings.ALSO_MEASURED}
    return tuple(i for i in catalog.all() if i.core or i.code in also)
