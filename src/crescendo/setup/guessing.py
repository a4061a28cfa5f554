"""Which role somebody probably holds, and why we think so. A person confirms every guess before it counts.

The one word in files that must not be believed at once is "administrator": OneRoster has it for a school's leadership,
here it is the person who looks after the site.
"""

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

# (part of a job title, our role); the first that fits counts, so the narrower stands first.
TITLES = (
    (r"superintend|chief executive|ceo\b|district (leader|director)", "district_leader"),
    (r"counsel|psycholog|social worker|pastoral|safeguard", "counselor"),
    (r"instructional coach|\bcoach\b|lead practitioner", "coach"),
    (r"principal|head ?teacher|\bhead of school|deputy head|assistant head|\bdean\b", "principal"),
    (r"aide\b|para(educator|professional)?\b|teaching assistant|\bta\b|learning support", "aide"),
    (r"data (manager|analyst|officer)|registrar|\bsis\b|assessment (manager|coordinator)", "analyst"),
    (r"human resources|\bhr\b|personnel", "personnel"),
    (r"governor|trustee|board member", "governor"),
    (r"mentor", "mentor"),
    (r"teacher|teaching|lecturer|instructor", "teacher"),
)
LEADS = {"administrator", "siteAdministrator"}
SAID = {
    "administrator": gettext_noop("administrator"),
    "siteAdministrator": gettext_noop("site administrator"),
    "systemAdministrator": gettext_noop("system administrator"),
    "districtAdministrator": gettext_noop("district administrator"),
    "principal": gettext_noop("principal"),
    "counselor": gettext_noop("counselor"),
    "teacher": gettext_noop("teacher"),
    "aide": gettext_noop("aide"),
    "proctor": gettext_noop("proctor"),
}


@dataclass(frozen=True)
class Guess:
    """Our role and one sentence; `role` is empty where nothing tells."""

    role: str
    why: str


def guess_role(*, said: str, title: str, kind: str, teaches: bool, held: str = "") -> Guess:
    """`said`: the file's role. `title`: the job title. `kind`: of organisation. `held`: the role that the import gave."""
    for pattern, role in TITLES:
        if title and re.search(pattern, title, re.IGNORECASE):
            return Guess(role, _("Job title: %(title)s.") % {"title": title[:60]})
    spoken = {"said": _(SAID[said]) if said in SAID else said.removeprefix("ext:")}
    if said in LEADS and held == "administrator":
        at_school = _("The file says %(said)s. At a school that is most often its leadership.") % spoken
        at_district = _("The file says %(said)s. At a district that is most often its leadership.") % spoken
        return Guess("principal", at_school) if kind == "school" else Guess("district_leader", at_district)
    if held:
        return Guess(held, _("The file says %(said)s.") % spoken if said else _("As it was given here."))
    if teaches:
        return Guess("teacher", _("Teaches classes."))
    return Guess("", _("Nothing in the file tells."))
