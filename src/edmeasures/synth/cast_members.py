"""The cast: the named people who serve tests and demo logins. Initials are roles, ids are fixed."""

from dataclasses import dataclass

from .ids import text_id

DISTRICT_ID = 1
# School numbers by level; the first of each level exists at every size.
FIRST_ELEMENTARY_ID, FIRST_MIDDLE_ID, FIRST_HIGH_ID = 101, 3001, 5001
# The school whose attendance really changed in February 2026.
CHANGED_SCHOOL_ID = FIRST_ELEMENTARY_ID + 1
SAM_STUDENT_ID = 100001


@dataclass(frozen=True)
class CastMember:
    """One person of the cast: who, with which id in the files, in which part, where."""

    key: str
    given_name: str
    family_name: str
    entity: str  # student, staff or family
    number: int  # the row's number within its entity
    role: str  # the product's role code; "family" and "student" have none of their own
    oneroster_role: str
    organisation_id: int

    @property
    def sourced_id(self) -> str:
        """The person's sourcedId in users.csv."""
        return text_id(self.entity, self.number)

    @property
    def organisation_sourced_id(self) -> str:
        """The sourcedId, in orgs.csv, of the organisation the person belongs to."""
        return text_id("organisation", self.organisation_id)


def _staff(key: str, family_name: str, number: int, role: str, oneroster_role: str, at: int) -> CastMember:
    return CastMember(key, key.capitalize(), family_name, "staff", number, role, oneroster_role, at)


CAST: tuple[CastMember, ...] = (
    _staff("dina", "Okafor", 1, "district_leader", "districtAdministrator", DISTRICT_ID),
    _staff("priya", "Raman", 2, "principal", "principal", FIRST_MIDDLE_ID),
    _staff("tess", "Lindqvist", 3, "teacher", "teacher", FIRST_MIDDLE_ID),
    _staff("otto", "Brandt", 4, "teacher", "teacher", FIRST_HIGH_ID),
    _staff("cora", "Whitfield", 5, "counselor", "counselor", FIRST_MIDDLE_ID),
    _staff("ivo", "Marek", 6, "coach", "ext:coach", FIRST_MIDDLE_ID),
    _staff("hana", "Sato", 7, "personnel", "ext:personnel", DISTRICT_ID),
    _staff("max", "Adeyemi", 8, "mentor", "ext:mentor", FIRST_MIDDLE_ID),
    _staff("mona", "Haddad", 9, "moderator", "ext:moderator", DISTRICT_ID),
    _staff("ana", "Petrova", 10, "analyst", "ext:analyst", DISTRICT_ID),
    _staff("gus", "Thornton", 11, "governor", "ext:governor", DISTRICT_ID),
    CastMember("fay", "Fay", "Ortega", "family", 1, "family", "parent", FIRST_MIDDLE_ID),
    CastMember("bryn", "Bryn", "Hale", "family", 2, "family", "parent", FIRST_MIDDLE_ID),
    CastMember("sam", "Sam", "Ortega", "student", SAM_STUDENT_ID, "student", "student", FIRST_MIDDLE_ID),
)
BY_KEY: dict[str, CastMember] = {member.key: member for member in CAST}
