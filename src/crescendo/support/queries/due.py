"""What support asks of somebody today, in plain sentences."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crescendo.roster.viewer import Viewer

from .supports import WRITES, Row, list_caseload


@dataclass(frozen=True)
class Due:
    """One plain sentence and where its button leads."""

    sentence: str
    action: str
    href: str
    detail: str = ""


def list_due(*, viewer: Viewer) -> list[Due]:
    """What support asks of this viewer today: who has had no session for two weeks, what is due to be looked back on."""
    if not viewer.may(WRITES):
        return []
    rows = list_caseload(viewer=viewer)
    due = [row for row in rows if row.goal.due_on <= viewer.on]
    quiet = [row for row in rows if row.dose.is_quiet and row not in due]
    return [*_due_sentences(due), *_quiet_sentences(quiet)]


def _due_sentences(rows: Sequence[Row]) -> list[Due]:
    if not rows:
        return []
    if len(rows) == 1:
        sentence = _("It is time to look back on the support for %(name)s.") % {"name": rows[0].name}
        return [Due(sentence, _("Look back"), reverse("support:support_page", args=[rows[0].support.pk]))]
    sentence = ngettext(
        "It is time to look back on %(n)s support plan.",
        "It is time to look back on %(n)s support plans.",
        len(rows),
    ) % {"n": len(rows)}
    return [Due(sentence, _("See which"), reverse("support:support_list"))]


def _quiet_sentences(rows: Sequence[Row]) -> list[Due]:
    if not rows:
        return []
    detail = ", ".join(row.name for row in rows[:3])
    if len(rows) == 1:
        sentence = _("%(name)s has had no support session for two weeks of school.") % {"name": rows[0].name}
        return [Due(sentence, _("Open"), reverse("support:support_page", args=[rows[0].support.pk]))]
    sentence = ngettext(
        "%(n)s student has had no support session for two weeks of school.",
        "%(n)s students have had no support session for two weeks of school.",
        len(rows),
    ) % {"n": len(rows)}
    return [Due(sentence, _("See who"), reverse("support:support_list"), detail)]
