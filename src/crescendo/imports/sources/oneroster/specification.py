"""The files and columns of OneRoster CSV 1.1 and 1.2 as data, in binding order (interoperability notes, 2.4 and 2.5)."""

from dataclasses import dataclass, field

REQUIRED, OPTIONAL, ABSENT = "R", "o", "-"


@dataclass(frozen=True)
class Column:
    """A column of a file: its type, whether each version requires it, what it points at, what it may say."""

    name: str
    type: str = (
        "string"  # string guid ref refs list date datetime year bool enum float userids pairs password
    )
    v11: str = REQUIRED
    v12: str = REQUIRED
    target: str = ""
    values: tuple[str, ...] = ()
    values_11: tuple[str, ...] = ()
    extensible: bool = False  # in 1.2 also ext:something
    decides: bool = False  # an unknown value sets the row aside (roles, status)
    also_in_bulk: bool = True

    def need(self, version: str) -> str:
        return self.v12 if version == "1.2" else self.v11

    def allowed(self, version: str) -> tuple[str, ...]:
        return self.values_11 or self.values if version == "1.1" else self.values


@dataclass(frozen=True)
class File:
    """A data file of the standard."""

    name: str
    columns: tuple[Column, ...]
    v11: bool = True
    aliases: dict[str, str] = field(default_factory=dict)

    def columns_of(self, version: str) -> list[Column]:
        return [column for column in self.columns if column.need(version) != ABSENT]


def _column(name: str, kind: str = "string", need: str = "R R", **more: object) -> Column:
    v11, v12 = need.split()
    return Column(name, kind, v11, v12, **more)  # type: ignore[arg-type]


def _ref(name: str, target: str, need: str = "R R") -> Column:
    return _column(name, "ref", need, target=target)


def _file(name: str, *columns: Column, v11: bool = True, **aliases: str) -> File:
    return File(
        f"{name}.csv", (*COMMON, *columns), v11, {alias.lower(): real for alias, real in aliases.items()}
    )


STATUS = ("active", "tobedeleted")
COMMON = (
    _column("sourcedId", "guid"),
    _column("status", "enum", "o o", values=STATUS, decides=True),
    _column("dateLastModified", "datetime", "o o"),
)
ROLES_11 = ("administrator", "aide", "guardian", "parent", "proctor", "relative", "student", "teacher")
ROLES_12 = (
    "aide", "counselor", "districtAdministrator", "guardian", "parent", "principal", "proctor", "relative",
    "siteAdministrator", "student", "systemAdministrator", "teacher",
)  # fmt: skip
SEX_12 = ("male", "female", "unspecified", "other")
SUBJECTS = (_column("subjects", "list", "o o"), _column("subjectCodes", "list", "o o"))
RACES = (
    "americanIndianOrAlaskaNative", "asian", "blackOrAfricanAmerican", "nativeHawaiianOrOtherPacificIslander", "white",
    "demographicRaceTwoOrMoreRaces", "hispanicOrLatinoEthnicity",
)  # fmt: skip
SCORE_STATUS = ("exempt", "fully graded", "not submitted", "partially graded", "submitted")

FILES: tuple[File, ...] = (
    _file(
        "orgs",
        _column("name"),
        _column("type", "enum", values=("department", "school", "district", "local", "state", "national"), extensible=True),
        _column("identifier", need="o o"),
        _ref("parentSourcedId", "orgs", "o o"),
    ),
    _file(
        "academicSessions",
        _column("title"),
        _column("type", "enum", values=("gradingPeriod", "semester", "schoolYear", "term"), extensible=True),
        _column("startDate", "date"),
        _column("endDate", "date"),
        _ref("parentSourcedId", "academicSessions", "o o"),
        _column("schoolYear", "year"),
    ),
    _file(
        "courses",
        _ref("schoolYearSourcedId", "academicSessions", "o o"),
        _column("title"),
        _column("courseCode", need="o o"),
        _column("grades", "list", "o o"),
        _ref("orgSourcedId", "orgs"),
        *SUBJECTS,
        schoolYearId="schoolYearSourcedId", grade="grades", code="courseCode", subject="subjects",
    ),
    _file(
        "classes",
        _column("title"),
        _column("grades", "list", "o o"),
        _ref("courseSourcedId", "courses"),
        _column("classCode", need="o o"),
        _column("classType", "enum", values=("homeroom", "scheduled"), extensible=True),
        _column("location", need="o o"),
        _ref("schoolSourcedId", "orgs"),
        _column("termSourcedIds", "refs", target="academicSessions"),
        *SUBJECTS,
        _column("periods", "list", "o o"),
        grade="grades", termSourcedId="termSourcedIds", orgSourcedId="schoolSourcedId", sessionSourcedIds="termSourcedIds",
    ),
    _file(
        "users",
        _column("enabledUser", "bool"),
        _column("orgSourcedIds", "refs", "R -", target="orgs"),
        _column("role", "enum", "R -", values=ROLES_11, decides=True),
        _column("username"),
        _column("userIds", "userids", "o o"),
        _column("givenName"),
        _column("familyName"),
        _column("middleName", need="o o"),
        _column("identifier", need="o o"),
        _column("email", need="o o"),
        _column("sms", need="o o"),
        _column("phone", need="o o"),
        _column("agentSourcedIds", "refs", "o o", target="users"),
        _column("grades", "list", "o o"),
        _column("password", "password", "o o"),
        _column("userMasterIdentifier", need="- o"),
        _column("preferredGivenName", need="- o"),
        _column("preferredMiddleName", need="- o"),
        _column("preferredFamilyName", need="- o"),
        _ref("primaryOrgSourcedId", "orgs", "- o"),
        _column("pronouns", need="- o"),
        userId="userIds", agents="agentSourcedIds", grade="grades", prefferedGivenName="preferredGivenName",
        prefferedMiddleName="preferredMiddleName", prefferedFamilyName="preferredFamilyName",
    ),
    _file(
        "userProfiles",
        _ref("userSourcedId", "users"),
        _column("profileType"),
        _column("vendorId"),
        _column("applicationId", need="o o"),
        _column("description", need="o o"),
        _column("credentialType"),
        _column("username"),
        _column("password", "password", "o o"),
        v11=False,
    ),
    _file(
        "roles",
        _ref("userSourcedId", "users"),
        _column("roleType", "enum", values=("primary", "secondary")),
        _column("role", "enum", values=ROLES_12, extensible=True, decides=True),
        _column("beginDate", "date", "o o"),
        _column("endDate", "date", "o o"),
        _ref("orgSourcedId", "orgs"),
        _ref("userProfileSourcedId", "userProfiles", "o o"),
        v11=False, roleStartDate="beginDate", roleEndDate="endDate",
    ),
    _file(
        "enrollments",
        _ref("classSourcedId", "classes"),
        _ref("schoolSourcedId", "orgs"),
        _ref("userSourcedId", "users"),
        _column("role", "enum", values=("administrator", "proctor", "student", "teacher"), extensible=True, decides=True),
        _column("primary", "bool", "o o"),
        _column("beginDate", "date", "o o"),
        _column("endDate", "date", "o o"),
    ),
    _file(
        "demographics",
        _column("birthDate", "date", "o o"),
        _column("sex", "enum", "o o", values=SEX_12, values_11=("male", "female"), extensible=True),
        *(_column(name, "bool", "o o") for name in RACES),
        _column("countryOfBirthCode", need="o o"),
        _column("stateOfBirthAbbreviation", need="o o"),
        _column("cityOfBirth", need="o o"),
        _column("publicSchoolResidenceStatus", need="o o"),
        userSourcedId="sourcedId", birthdate="birthDate", birthCity="cityOfBirth",
        birthState="stateOfBirthAbbreviation", birthCountry="countryOfBirthCode",
    ),
    _file("categories", _column("title"), _column("weight", "float", "- o")),
    _file(
        "scoreScales",
        _column("title"),
        _column("type"),
        _ref("orgSourcedId", "orgs"),
        _ref("courseSourcedId", "courses"),
        _ref("classSourcedId", "classes"),
        _column("scoreScaleValue", "pairs"),
        v11=False,
    ),
    _file(
        "lineItems",
        _column("title"),
        _column("description", need="o o"),
        _column("assignDate", "date"),
        _column("dueDate", "date"),
        _ref("classSourcedId", "classes"),
        _ref("categorySourcedId", "categories"),
        _ref("gradingPeriodSourcedId", "academicSessions", "R -"),
        _ref("academicSessionSourcedId", "academicSessions", "- R"),
        _column("resultValueMin", "float", "R o"),
        _column("resultValueMax", "float", "R o"),
        _ref("schoolSourcedId", "orgs", "- R"),
    ),
    _file(
        "results",
        _ref("lineItemSourcedId", "lineItems"),
        _ref("studentSourcedId", "users"),
        _column("scoreStatus", "enum", values=SCORE_STATUS, extensible=True),
        _column("score", "float", "R o"),
        _column("scoreDate", "date"),
        _column("comment", need="o o"),
        _column("textScore", need="- o"),
        _ref("classSourcedId", "classes", "- o"),
        *(_column(name, "bool", "- o") for name in ("inProgress", "incomplete", "late", "missing")),
    ),
    _file(
        "lineItemScoreScales",
        _column("title", need="o o"),
        _ref("lineItemSourcedId", "lineItems"),
        _ref("scoreScaleSourcedId", "scoreScales"),
        v11=False,
    ),
    _file(
        "resultScoreScales",
        _column("title", need="o o"),
        _ref("resultSourcedId", "results"),
        _ref("scoreScaleSourcedId", "scoreScales"),
        v11=False,
    ),
    _file(
        "lineItemLearningObjectiveIds",
        _ref("lineItemSourcedId", "lineItems"),
        _column("source", "enum", values=("case", "unknown"), extensible=True),
        _column("learningObjectiveId"),
        v11=False,
    ),
    _file(
        "resultLearningObjectiveIds",
        _ref("resultSourcedId", "results"),
        _column("source", "enum", values=("case", "unknown"), extensible=True),
        _column("learningObjectiveId"),
        _column("score", "float", "o o"),
        _column("textScore", need="o o"),
        v11=False,
    ),
    _file(
        "resources",
        _column("vendorResourceId"),
        _column("title", need="o o"),
        _column("roles", "list", "o o"),
        _column("importance", "enum", "o o", values=("primary", "secondary")),
        _column("vendorId", need="o o"),
        _column("applicationId", need="o o"),
    ),
    _file("classResources", _column("title", need="o o"), _ref("classSourcedId", "classes"), _ref("resourceSourcedId", "resources")),
    _file("courseResources", _column("title", need="o o"), _ref("courseSourcedId", "courses"), _ref("resourceSourcedId", "resources")),
    _file(
        "userResources",
        _ref("userSourcedId", "users"),
        _ref("orgSourcedId", "orgs", "o o"),
        _ref("classSourcedId", "classes", "o o"),
        _ref("resourceSourcedId", "resources"),
        v11=False,
    ),
)  # fmt: skip

BY_NAME: dict[str, File] = {file.name: file for file in FILES}
BY_LOWER: dict[str, File] = {file.name.lower(): file for file in FILES}
# Seen in the wild in every file.
ALIASES = {"datalastmodified": "dateLastModified"}
# In 1.1 a file of this name is not part of the standard; the forgiving reader takes it all the same.
FILES_11 = tuple(file.name for file in FILES if file.v11)
# Read, checked and kept row by row (`kept.py`); we have no table of their own for them.
KEPT = (
    "userProfiles.csv", "scoreScales.csv", "lineItemScoreScales.csv", "resultScoreScales.csv",
    "lineItemLearningObjectiveIds.csv", "resultLearningObjectiveIds.csv", "resources.csv", "classResources.csv",
    "courseResources.csv", "userResources.csv",
)  # fmt: skip
