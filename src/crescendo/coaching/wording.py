"""What coaching says on the screen: the words both agree to, what is due, who is who."""

from decimal import Decimal

from django.utils.translation import gettext as _

from crescendo.roster.viewer import Viewer
from crescendo.ui import printing

from . import permissions
from .models import Agreement, Kind


def usual_confidentiality() -> str:
    """The words an invitation begins with. The two may write others."""
    return _(
        "What we write here is read by the two of us and by nobody else: not by the principal, not by the "
        "administration. It is never part of an evaluation. Each of us may tell others about our own part. "
        "Only where a child is in danger do we tell a third person."
    )


def due_words(code: str, name: str) -> tuple[str, str]:
    """One sentence and the label of its button."""
    return {
        "answer": (_("%(name)s invites you to coaching.") % {"name": name}, _("Read and answer")),
        "session": (
            _("You and %(name)s have a session to hold or to write down.") % {"name": name},
            _("Open it"),
        ),
        "step": (_("How did your step go? %(name)s is curious.") % {"name": name}, _("Say how it went")),
        "review": (
            _("The cycle with %(name)s is at its end. What came of it?") % {"name": name},
            _("Review it"),
        ),
        "end": (
            _("The time that you and %(name)s agreed on is over. Go on, or finish?") % {"name": name},
            _("Look at it"),
        ),
        "quiet": (_("You and %(name)s have not met for two weeks.") % {"name": name}, _("Plan a session")),
    }[code]


def parts_played(viewer: Viewer, agreement: Agreement) -> str:
    """Who does what, in one line, as this reader would say it."""
    name = permissions.other_of(viewer, agreement).name
    if agreement.kind == Kind.MENTORING:
        sentence = (
            _("You mentor %(name)s") if permissions.is_coach(viewer, agreement) else _("%(name)s mentors you")
        )
    else:
        sentence = (
            _("You coach %(name)s") if permissions.is_coach(viewer, agreement) else _("%(name)s coaches you")
        )
    return sentence % {"name": name}


def readers(viewer: Viewer, agreement: Agreement) -> str:
    """Who reads what stands in a text box."""
    return _("you and %(name)s, nobody else") % {"name": permissions.other_of(viewer, agreement).name}


MOST_DIGITS = 3


def amount(value: float | None, unit: str = "") -> str:
    """9.0 min is "9 min", 4.25 stays "4.25": what was typed, without digits nobody typed."""
    if value is None:
        return printing.NO_VALUE
    exact = Decimal(repr(value)).normalize().as_tuple().exponent
    digits = min(MOST_DIGITS, max(0, -exact)) if isinstance(exact, int) else 0
    return f"{printing.decimal(value, digits)} {unit}".strip()
