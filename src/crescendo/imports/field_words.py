"""What the fields of a table hold, in words that are translated. `fields.py` needs no Django; these are its words."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .sources.table.fields import Field

# Each meaning of a field that people map on the screen, so that it is found by who translates. A test compares.
MEANINGS = (
    _("The student's id"),
    _("The school's id"),
    _("The school year, named by the year in which it ends"),
    _("The day"),
    _("What the code means"),
    _("Share of the day missed"),
    _("The code as the source wrote it"),
    _("Share present"),
    _("Students enrolled"),
    _("Which assessment"),
    _("Grade or year of the student"),
    _("Scored, absent, exempt or invalid"),
    _("The score"),
    _("The score as the source wrote it"),
    _("Standard error of the score"),
    _("Performance level as a number"),
    _("Proficient"),
    _("The class"),
    _("The piece of work"),
    _("How far it is"),
    _("Day it was marked"),
    _("Handed in late"),
    _("Not handed in"),
    _("Incomplete"),
    _("Took part"),
    _("Kind of activity"),
    _("Its title"),
    _("Minutes"),
    _("Done on a learning platform"),
    _("Kind of incident"),
    _("1 (minor) to 3 (major)"),
    _("Last day in the ordinary view"),
    _("The course"),
    _("Day it ended"),
    _("Subject"),
    _("English, mathematics, science or social science"),
    _("The mark"),
    _("The mark in points"),
    _("Passed"),
    _("Credits attempted"),
    _("Credits earned"),
    _("The student's own id"),
    _("Given name"),
    _("Middle name"),
    _("Family name"),
    _("The number people know the student by"),
    _("E-mail"),
    _("Date of birth"),
    _("Sex, as the source recorded it"),
    _("Expected year of graduation"),
    _("The organisation's own id"),
    _("What it is"),
    _("Its name"),
    _("The number people know it by"),
    _("The organisation it belongs to"),
)


def meaning_words(one: Field) -> str:
    """What a field holds, in the reader's language."""
    return gettext(one.meaning)
