"""When two people change the same words: the second is told, and keeps what they typed."""

from django.utils.translation import gettext as _

from crescendo.core.errors import Refused


class ChangedMeanwhile(Refused):
    """Somebody else saved first. `current` is the row as it stands now; the page shows it beside what was typed."""

    def __init__(self, current: object, name: str) -> None:
        super().__init__(
            _("%(name)s changed this meanwhile. Nothing is lost: both texts are below.") % {"name": name}
        )
        self.current = current
