"""Every address of the service: which entity it lists, and what narrows the list."""

from dataclasses import dataclass, field

from . import entities as e

_ONE_OF = {
    "schools": "org", "classes": "class", "courses": "course", "terms": "session", "students": "student",
    "teachers": "staff", "users": "user", "lineItems": "line_item",
}  # fmt: skip
KINDS_OF = {"user": ("student", "staff", "family"), "result": ("result",)}


# How an entity's row `e` belongs to the thing whose ids take the place of {}.
def _exists(tables: str, condition: str) -> str:
    return f"EXISTS (SELECT 1 FROM {tables} WHERE {condition} = ANY({{}}))"


_TEACHES = (
    "e.kind = 'staff' AND (EXISTS (SELECT 1 FROM roster_classstaff n WHERE n.staff_id = e.id) OR EXISTS "
    "(SELECT 1 FROM roster_post p WHERE p.staff_id = e.id AND p.role_id = 'teacher'))"
)
_OF_TERM = "roster_schoolclass_sessions t JOIN roster_schoolclass c ON c.id = t.schoolclass_id"
NARROWED: dict[tuple[str, str], str] = {
    ("classes", "org"): "e.school_id = ANY({})",
    ("classes", "course"): "e.course_id = ANY({})",
    ("classes", "session"): _exists(
        "roster_schoolclass_sessions t", "t.schoolclass_id = e.id AND t.academicsession_id"
    ),
    ("classes", "student"): _exists("roster_classenrolment n", "n.school_class_id = e.id AND n.student_id"),
    ("classes", "staff"): _exists("roster_classstaff n", "n.school_class_id = e.id AND n.staff_id"),
    ("courses", "org"): "(e.organisation_id = ANY({0}) OR EXISTS (SELECT 1 FROM roster_schoolclass c "
    "WHERE c.course_id = e.id AND c.school_id = ANY({0})))",
    ("enrollments", "org"): "e.school_id = ANY({})",
    ("enrollments", "class"): "e.school_class_id = ANY({})",
    ("students", "class"): "e.kind = 'student' AND "
    + _exists("roster_classenrolment n", "n.student_id = e.id AND n.school_class_id"),
    ("teachers", "class"): "e.kind = 'staff' AND "
    + _exists("roster_classstaff n", "n.staff_id = e.id AND n.school_class_id"),
    ("students", "org"): "e.kind = 'student' AND "
    + _exists("roster_enrolment n", "n.student_id = e.id AND n.school_id"),
    ("teachers", "org"): f"{_TEACHES} AND "
    + _exists("roster_post p", "p.staff_id = e.id AND p.organisation_id"),
    ("terms", "org"): _exists(_OF_TERM, "t.academicsession_id = e.id AND c.school_id"),
    ("gradingPeriods", "session"): "e.parent_id = ANY({})",
    ("lineItems", "class"): "e.school_class_id = ANY({})",
    ("results", "class"): "e.class_id = ANY({})",
    ("results", "student"): "e.student_id = ANY({})",
    ("results", "line_item"): "e.item_id = ANY({})",
    ("categories", "class"): _exists(
        "records_courseworkitem i", "i.category_id = e.id AND i.school_class_id"
    ),
}

# The lists that are part of another: path -> (entity, which of its rows)
PARTS: dict[str, tuple[e.Entity, str]] = {
    **{name: (entity, "true") for name, entity in e.ENTITIES.items()},
    "schools": (e.ORGS, "e.kind = 'school'"),
    "students": (e.USERS, "e.kind = 'student'"),
    "teachers": (e.USERS, _TEACHES),
    "terms": (e.SESSIONS, "e.kind IN ('term', 'semester')"),
    "gradingPeriods": (e.SESSIONS, "e.kind = 'gradingPeriod'"),
}
_NESTED = (
    "classes/students", "classes/teachers", "courses/classes", "schools/classes", "schools/courses", "schools/enrollments",
    "schools/students", "schools/teachers", "schools/terms", "schools/classes/enrollments", "schools/classes/students",
    "schools/classes/teachers", "students/classes", "teachers/classes", "users/classes", "terms/classes",
    "terms/gradingPeriods", "classes/categories", "classes/lineItems", "classes/results", "classes/lineItems/results",
    "classes/students/results",
)  # fmt: skip


@dataclass(frozen=True)
class Path:
    """One address: `/classes/{class_id}/students`. `within` are the things it stands in, in order."""

    words: tuple[str, ...]
    is_one: bool = False
    entity: e.Entity = field(default=e.ORGS)
    part: str = "true"
    within: tuple[tuple[str, str], ...] = ()  # (collection, kind)

    @property
    def name(self) -> str:
        return "_".join(word.lower() for word in self.words) + ("_one" if self.is_one else "")

    @property
    def scope(self) -> str:
        """What lies under something else asks for the wider scope; so the standard has it."""
        if not self.within:
            return self.entity.scope
        return "roster.readonly" if self.entity.service == "rostering" else "gradebook.readonly"

    def route(self) -> str:
        """As an OpenAPI document writes it."""
        parts = []
        for place, word in enumerate(self.words):
            parts.append(word)
            if place < len(self.words) - 1:
                parts.append(f"{{id{place}}}")
        return "/".join([*parts, "{guid}"] if self.is_one else parts)


def _list_paths() -> list[Path]:
    found = []
    for name, (entity, part) in PARTS.items():
        found.append(Path((name,), False, entity, part))
        found.append(Path((name,), True, entity, part))
    for nested in _NESTED:
        *outer, last = nested.split("/")
        entity, part = PARTS[last]
        within = tuple((word, _ONE_OF[word]) for word in outer)
        found.append(Path((*outer, last), False, entity, part, within))
    return found


PATHS = _list_paths()
PLACES = {(path.words, path.is_one): path for path in PATHS}
