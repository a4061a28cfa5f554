from dataclasses import dataclass, field

from django.db.models import Q

from crescendo.core.names import fold
from crescendo.indicators import queries as indicators
from crescendo.roster import queries as roster
from crescendo.roster.models import Organisation, SchoolClass, Student
from crescendo.roster.viewer import Viewer
from edmeasures.indicator import Indicator

MOST = 10


@dataclass(frozen=True)
class Found:
    """What one search found, by kind. Empty lists are kinds that the viewer may not see, or that have nothing."""

    students: list[Student] = field(default_factory=list)
    classes: list[SchoolClass] = field(default_factory=list)
    schools: list[Organisation] = field(default_factory=list)
    definitions: list[Indicator] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not (self.students or self.classes or self.schools or self.definitions)


def search(*, viewer: Viewer, text: str) -> Found:
    """Students, classes and schools in scope, and definitions, that have words which begin so."""
    named = Q(title__icontains=text) | Q(code__iexact=text)
    words = fold(text).split()
    definitions = [
        indicator
        for _subject, subject_definitions in indicators.list_definitions()
        for indicator in subject_definitions
        if words and all(word in fold(f"{indicator.title} {indicator.question}") for word in words)
    ]
    return Found(
        students=roster.search_students(viewer=viewer, text=text, limit=MOST),
        classes=list(roster.list_classes(viewer=viewer).filter(named)[:MOST]),
        schools=list(roster.list_schools(viewer=viewer).filter(name__icontains=text)[:MOST]),
        definitions=definitions[:MOST],
    )
