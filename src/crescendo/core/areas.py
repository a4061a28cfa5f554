"""Areas of the product that a site need not see: declared here, one entry each; a later area is one more entry.

Whether one is shown is asked of `crescendo.roster.areas`, which counts the site's schools and students.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# A site with one school and fewer students than this is a small school, until somebody says otherwise.
SMALL_SCHOOL_BELOW = 600


@dataclass(frozen=True)
class Area:
    """A part of the product that may be switched on or off.

    code             its name in code
    title            what people call it
    why_hidden       one sentence: why it is not shown where it is switched off
    who              who works with it
    in_small_school  whether a small school has it from the start
    needs_schools    with fewer schools it cannot say anything, switched on or not
    needs_students   with fewer students it cannot say anything
    why_too_small    one sentence: why not at this size
    """

    code: str
    title: str | Promise
    why_hidden: str | Promise
    who: str | Promise
    in_small_school: bool = False
    needs_schools: int = 1
    needs_students: int = 0
    why_too_small: str | Promise = ""


AREAS: tuple[Area, ...] = (
    Area(
        "staff_list",
        _("The list of staff"),
        _("In a school of this size everybody knows who works here, so the list is switched off."),
        _("Personnel and whoever gives posts"),
    ),
    Area(
        "similar_schools",
        _("Comparison with similar schools"),
        _("Comparing schools is switched off on this site."),
        _("District leaders and principals"),
        needs_schools=2,
        why_too_small=_("There is one school here, so there is no other to compare it with."),
    ),
    Area(
        "goes_with",
        _("What goes with what"),
        _("Looking for what goes with what is switched off on this site."),
        _("Principals and analysts"),
        in_small_school=True,
        needs_students=10,
        why_too_small=_("Among so few students nearly everything could go with everything by chance."),
    ),
)
BY_CODE = {area.code: area for area in AREAS}
