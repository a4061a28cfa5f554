"""What the service offers: each entity's fields, the SQL behind each field, and which rows a client is given.

The same declarations make the answers, the filters, the sort orders and the OpenAPI document. `:orgs` stands for the ids
of the client's organisations, `:on` for the school's day. Row-level security decides over students besides.
"""

from dataclasses import dataclass, field

TEXT, DATE, INSTANT, FLAG, NUMBER, LIST, REF, REFS = (
    "text", "date", "instant", "flag", "number", "list", "ref", "refs",
)  # fmt: skip
ALWAYS = "always"  # a text that is written even when it is empty
V11, V12 = "1.1", "1.2"
BOTH = (V11, V12)


@dataclass(frozen=True)
class Field:
    """One property of an entity. A reference's SQL gives our id; `kind` says of what, `type` what the standard calls it."""

    name: str
    sql: str
    shape: str = TEXT
    kind: str = ""
    type: str = ""
    versions: tuple[str, ...] = BOTH
    is_required: bool = False


@dataclass(frozen=True)
class Entity:
    """`plural` is the key of a collection, `singular` that of one; `kinds` are our names of its ids."""

    plural: str
    singular: str
    table: str
    kinds: tuple[str, ...]
    fields: tuple[Field, ...]
    given: str = "true"  # which rows the client is given
    scope: str = "roster-core.readonly"
    service: str = "rostering"
    kind_sql: str = ""  # where a row's kind depends on the row
    id_sql: str = "e.id"
    guid_sql: str = ""
    modified_sql: str = ""
    ended_sql: str = "e.ended_on"
    extra: dict[str, str] = field(default_factory=dict)  # columns that the answer is finished with

    def fields_of(self, version: str) -> tuple[Field, ...]:
        return tuple(one for one in self.fields if version in one.versions)

    @property
    def guid(self) -> str:
        return self.guid_sql or f"oneroster_guid({self.kind}, {self.id_sql})"

    @property
    def kind(self) -> str:
        return self.kind_sql or f"'{self.kinds[0]}'"

    @property
    def modified(self) -> str:
        return self.modified_sql or f"oneroster_modified('{self.table}', e.id)"


def _ref(name: str, sql: str, kind: str, type_: str, shape: str = REF, **more: object) -> Field:
    return Field(name, sql, shape, kind, type_, **more)  # type: ignore[arg-type]


ORGS = Entity(
    "orgs", "org", "roster_organisation", ("org",),
    (
        Field("name", "e.name", ALWAYS, is_required=True),
        Field("type", "CASE e.kind WHEN 'other' THEN 'ext:other' ELSE e.kind END", is_required=True),
        Field("identifier", "coalesce(nullif(e.identifier, ''), oneroster_guid('org', e.id))", is_required=True),
        _ref("parent", "CASE WHEN e.parent_id = ANY(:orgs) THEN e.parent_id END", "org", "org"),
    ),
    given="e.id = ANY(:orgs)",
)  # fmt: skip

SESSIONS = Entity(
    "academicSessions", "academicSession", "roster_academicsession", ("session",),
    (
        Field("title", "e.title", ALWAYS, is_required=True),
        Field("startDate", "e.begins_on", DATE, is_required=True),
        Field("endDate", "e.ends_on", DATE, is_required=True),
        Field("type", "CASE e.kind WHEN 'other' THEN 'ext:other' ELSE e.kind END", is_required=True),
        _ref("parent", "e.parent_id", "session", "academicSession"),
        Field("schoolYear", "e.school_year::text", is_required=True),
    ),
)  # fmt: skip

_YEAR = (
    "(SELECT y.id FROM roster_academicsession y WHERE y.kind = 'schoolYear' AND y.school_year = e.school_year "
    "ORDER BY y.id LIMIT 1)"
)
_SUBJECTS = (
    Field("grades", "e.grade_levels", LIST),
    Field("subjects", "e.subjects", LIST),
    Field("subjectCodes", "e.subject_codes", LIST),
)
COURSES = Entity(
    "courses", "course", "roster_course", ("course",),
    (
        Field("title", "e.title", ALWAYS, is_required=True),
        Field("courseCode", "e.code", ALWAYS, is_required=True),
        _ref("schoolYear", _YEAR, "session", "academicSession"),
        *_SUBJECTS,
        _ref("org", "e.organisation_id", "org", "org"),
    ),
    # The district's courses are those of its schools too.
    given="(e.organisation_id = ANY(:orgs) OR EXISTS (SELECT 1 FROM roster_schoolclass c WHERE c.course_id = e.id "
    "AND c.school_id = ANY(:orgs)))",
)  # fmt: skip

_TERMS = "ARRAY(SELECT t.academicsession_id FROM roster_schoolclass_sessions t WHERE t.schoolclass_id = e.id ORDER BY 1)"
CLASSES = Entity(
    "classes", "class", "roster_schoolclass", ("class",),
    (
        Field("title", "e.title", ALWAYS, is_required=True),
        Field("classCode", "e.code"),
        Field("classType", "e.kind"),
        Field("location", "e.location"),
        *_SUBJECTS,
        Field("periods", "e.periods", LIST),
        _ref("course", "e.course_id", "course", "course", is_required=True),
        _ref("school", "e.school_id", "org", "org", is_required=True),
        _ref("terms", _TERMS, "session", "academicSession", REFS, is_required=True),
    ),
    given="e.school_id = ANY(:orgs)",
)  # fmt: skip

# People are three tables here, and one list there. Whoever works here and is a parent too stands in it once.
_PEOPLE = """(
    SELECT 'student' AS kind, s.id, s.given_name, s.middle_name, s.family_name, s.preferred_given_name,
           s.preferred_family_name, s.pronouns, s.identifier, s.username, s.email, s.phone, s.metadata, s.ended_on
    FROM roster_student s WHERE s.erased_at IS NULL AND EXISTS (
        SELECT 1 FROM roster_enrolment n WHERE n.student_id = s.id AND n.school_id = ANY(:orgs))
  UNION ALL
    SELECT 'staff', s.id, s.given_name, s.middle_name, s.family_name, s.preferred_given_name, s.preferred_family_name,
           s.pronouns, s.identifier, s.username, s.email, s.phone, s.metadata, s.ended_on
    FROM roster_staffmember s WHERE EXISTS (
        SELECT 1 FROM roster_post p WHERE p.staff_id = s.id AND p.organisation_id = ANY(:orgs))
      OR EXISTS (SELECT 1 FROM roster_classstaff t JOIN roster_schoolclass c ON c.id = t.school_class_id
                 WHERE t.staff_id = s.id AND c.school_id = ANY(:orgs))
  UNION ALL
    SELECT 'family', s.id, s.given_name, s.middle_name, s.family_name, s.preferred_given_name, s.preferred_family_name,
           s.pronouns, s.identifier, s.username, s.email, s.phone, s.metadata, s.ended_on
    FROM roster_familymember s WHERE EXISTS (
        SELECT 1 FROM roster_familylink l JOIN roster_enrolment n ON n.student_id = l.student_id
        WHERE l.family_member_id = s.id AND n.school_id = ANY(:orgs))
      AND NOT EXISTS (SELECT 1 FROM oneroster_find('{staff,student}', oneroster_guid('family', s.id)))
)"""
_TABLE_OF_PERSON = "CASE e.kind WHEN 'student' THEN 'roster_student' WHEN 'staff' THEN 'roster_staffmember' ELSE 'roster_familymember' END"
_ENABLED = "coalesce(lower(e.metadata->>'enabledUser') IN ('true', '1', 'yes', 'y'), true)"
USERS = Entity(
    "users", "user", _PEOPLE, ("student", "staff", "family"),
    (
        Field("username", "e.username", versions=(V12,)),
        Field("username", "e.username", ALWAYS, versions=(V11,)),
        Field("enabledUser", _ENABLED, FLAG, is_required=True),
        Field("givenName", "e.given_name", ALWAYS, is_required=True),
        Field("familyName", "e.family_name", ALWAYS, is_required=True),
        Field("middleName", "e.middle_name"),
        Field("preferredFirstName", "e.preferred_given_name", versions=(V12,)),
        Field("preferredLastName", "e.preferred_family_name", versions=(V12,)),
        Field("pronouns", "e.pronouns", versions=(V12,)),
        Field("identifier", "e.identifier"),
        Field("email", "e.email"),
        Field("phone", "e.phone"),
    ),
    kind_sql="e.kind",
    modified_sql=f"oneroster_modified({_TABLE_OF_PERSON}, e.id)",
    extra={"_kind": "e.kind", "_id": "e.id"},
)  # fmt: skip

_IN_CLASS = """(
    SELECT 'enrollment' AS kind, n.id, n.student_id AS person, 'student' AS person_kind, n.school_class_id, 'student' AS role,
           NULL::boolean AS is_primary, n.begins_on, n.ends_on, n.ended_on, n.metadata, c.school_id
    FROM roster_classenrolment n JOIN roster_schoolclass c ON c.id = n.school_class_id AND c.school_id = ANY(:orgs)
    -- By the student's own row, which row-level security decides over as well.
    WHERE EXISTS (SELECT 1 FROM roster_student s WHERE s.id = n.student_id AND s.erased_at IS NULL)
  UNION ALL
    SELECT 'class_staff', n.id, n.staff_id, 'staff', n.school_class_id,
           CASE WHEN n.role IN ('teacher', 'administrator', 'proctor') THEN n.role ELSE 'ext:' || n.role END, n.is_primary,
           n.begins_on, n.ends_on, n.ended_on, n.metadata, c.school_id
    FROM roster_classstaff n JOIN roster_schoolclass c ON c.id = n.school_class_id AND c.school_id = ANY(:orgs)
)"""
_TABLE_OF_PLACE = "CASE e.kind WHEN 'enrollment' THEN 'roster_classenrolment' ELSE 'roster_classstaff' END"
ENROLLMENTS = Entity(
    "enrollments", "enrollment", _IN_CLASS, ("enrollment", "class_staff"),
    (
        Field("role", "e.role", is_required=True),
        Field("primary", "e.is_primary", FLAG),
        Field("beginDate", "e.begins_on", DATE),
        Field("endDate", "e.ends_on", DATE),
        _ref("user", "e.person", "*", "user", is_required=True),
        _ref("class", "e.school_class_id", "class", "class", is_required=True),
        _ref("school", "e.school_id", "org", "org", is_required=True),
    ),
    kind_sql="e.kind",
    modified_sql=f"oneroster_modified({_TABLE_OF_PLACE}, e.id)",
    extra={"_user_kind": "e.person_kind"},
)  # fmt: skip

_RACE = (
    "(SELECT x.value FROM roster_studentcharacteristic x WHERE x.student_id = e.id "
    "AND x.characteristic_id = 'race_ethnicity' ORDER BY x.id LIMIT 1)"
)
_RACES = {
    "americanIndianOrAlaskaNative": "native", "asian": "asian", "blackOrAfricanAmerican": "black",
    "nativeHawaiianOrOtherPacificIslander": "pacific", "white": "white", "demographicRaceTwoOrMoreRaces": "two_or_more",
    "hispanicOrLatinoEthnicity": "hispanic",
}  # fmt: skip
DEMOGRAPHICS = Entity(
    "demographics", "demographics", "roster_student", ("student",),
    (
        Field("birthDate", "e.born_on", DATE),
        Field("sex", "e.sex"),
        # One category is kept of each student; what it does not say is left out, not denied.
        *(Field(name, f"nullif({_RACE} = '{value}', false)", FLAG) for name, value in _RACES.items()),
    ),
    given="e.erased_at IS NULL AND EXISTS (SELECT 1 FROM roster_enrolment n WHERE n.student_id = e.id "
    "AND n.school_id = ANY(:orgs))",
    scope="roster-demographics.readonly",
)  # fmt: skip

CATEGORIES = Entity(
    "categories", "category", "records_courseworkcategory", ("category",),
    (Field("title", "e.title", ALWAYS, is_required=True), Field("weight", "e.weight", NUMBER, versions=(V12,))),
    scope="gradebook-core.readonly", service="gradebook",
)  # fmt: skip

_SCHOOL_OF_CLASS = "(SELECT c.school_id FROM roster_schoolclass c WHERE c.id = e.school_class_id)"
LINE_ITEMS = Entity(
    "lineItems", "lineItem", "records_courseworkitem", ("line_item",),
    (
        Field("title", "e.title", ALWAYS, is_required=True),
        Field("description", "e.description"),
        Field("assignDate", "e.assigned_on::timestamp", INSTANT, is_required=True),
        Field("dueDate", "e.due_on::timestamp", INSTANT, is_required=True),
        _ref("class", "e.school_class_id", "class", "class", is_required=True),
        _ref("school", _SCHOOL_OF_CLASS, "org", "org", versions=(V12,), is_required=True),
        _ref("category", "e.category_id", "category", "category"),
        _ref("gradingPeriod", "e.session_id", "session", "academicSession", versions=(V11,)),
        _ref("academicSession", "e.session_id", "session", "academicSession", versions=(V12,)),
        Field("resultValueMin", "e.score_min", NUMBER),
        Field("resultValueMax", "e.score_max", NUMBER),
    ),
    given=f"{_SCHOOL_OF_CLASS} = ANY(:orgs)", scope="gradebook-core.readonly", service="gradebook",
)  # fmt: skip

_SCORED_ON = "coalesce(e.scored_on, (SELECT i.due_on FROM records_courseworkitem i WHERE i.id = e.item_id))"
RESULTS = Entity(
    "results", "result", "records_courseworkresult", ("result",),
    (
        _ref("lineItem", "e.item_id", "line_item", "lineItem", is_required=True),
        _ref("student", "e.student_id", "student", "user", is_required=True),
        _ref("class", "e.class_id", "class", "class", versions=(V12,)),
        Field("scoreStatus", "nullif(e.status, '')", ALWAYS, is_required=True),
        Field("score", "e.score", NUMBER),
        Field("textScore", "e.score_text", versions=(V12,)),
        Field("scoreDate", _SCORED_ON, DATE, is_required=True),
        Field("incomplete", "e.is_incomplete", FLAG, versions=(V12,)),
        Field("late", "e.is_late", FLAG, versions=(V12,)),
        Field("missing", "e.is_missing", FLAG, versions=(V12,)),
        Field("comment", "e.comment"),
    ),
    # A score that was emptied here is a row of no status: nothing to tell.
    given="e.school_id = ANY(:orgs) AND e.status <> ''", scope="gradebook-core.readonly", service="gradebook",
    guid_sql="e.source_key::text", ended_sql="NULL::date",
    modified_sql="coalesce(oneroster_modified('records_courseworkresult', e.id), e.scored_on::timestamptz)",
)  # fmt: skip

ENTITIES = {
    one.plural: one
    for one in (ORGS, SESSIONS, COURSES, CLASSES, USERS, ENROLLMENTS, DEMOGRAPHICS, CATEGORIES, LINE_ITEMS, RESULTS)
}  # fmt: skip
