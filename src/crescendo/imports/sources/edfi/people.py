"""Students, staff with posts and classes, family members with links."""

from crescendo.imports.bench import text
from crescendo.imports.findings import NOTICE

from .codes import report_foreign, report_unmapped
from .handing import Delivery, iso, limited, metadata, section_key
from .keys import at, items

NAMES = f"""{limited(at("firstName"))} AS given_name, {limited(at("middleName"))} AS middle_name,
    {limited(at("lastSurname"))} AS family_name, {limited(at("preferredFirstName"))} AS preferred_given_name,
    {limited(at("preferredLastSurname"))} AS preferred_family_name,
    name_sort_key(coalesce({at("lastSurname")}, ''), coalesce({at("firstName")}, '')) AS sort_key"""
MAILS = items("electronicMails", "electronicMail")
PHONES = items("telephones", "telephone")


def first(items_sql: str, name: str) -> str:
    return f"(SELECT min(json_extract_string(e, '$.{name}')) FROM (SELECT unnest({items_sql})) t(e))"


def hand_over(delivery: Delivery) -> None:
    _students(delivery)
    _staff(delivery)
    _posts(delivery)
    _class_staff(delivery)
    _family(delivery)
    _links(delivery)


def _students(delivery: Delivery) -> None:
    if not delivery.has("Student"):
        return
    delivery.taken.add("Student")
    delivery.db.execute(
        f"CREATE TABLE students_in AS SELECT *, {at('birthDate')} AS birth_date FROM now_Student"
    )
    delivery.bench.report(
        """SELECT file, _row AS row, 'row.bad_date' AS code, 'birthDate' AS "column", birth_date AS received
           FROM students_in WHERE birth_date IS NOT NULL AND try_cast(birth_date AS DATE) IS NULL""",
        NOTICE, expected="a date such as 2011-03-04", what_to_do="The cell was left empty and the student kept. Correct it in the source.",
    )  # fmt: skip
    delivery.hand_over(
        "students",
        f"""SELECT file, _row, {delivery.person("student", at("studentUniqueId"))} AS external_id, {NAMES},
            {limited(at("studentUniqueId"))} AS identifier, try_cast(birth_date AS DATE) AS born_on,
            {metadata("personReference.personId|personId", "personReference.sourceSystem|sourceSystem", "birthSex")} FROM students_in""",
    )
    delivery.end("Student", "students", "g.key")


def _staff(delivery: Delivery) -> None:
    if not delivery.has("Staff"):
        return
    delivery.taken.add("Staff")
    delivery.hand_over(
        "staff",
        f"""SELECT file, _row, {delivery.person("staff", at("staffUniqueId"))} AS external_id, {NAMES},
            {limited(at("staffUniqueId"))} AS identifier, {limited(at("loginId"))} AS username,
            {limited(first(MAILS, "electronicMailAddress"))} AS email,
            {
            metadata(
                "personReference.personId|personId",
                "personReference.sourceSystem|sourceSystem",
                "highestCompletedLevelOfEducation",
                "yearsOfPriorTeachingExperience",
                "yearsOfPriorProfessionalExperience",
            )
        }
            FROM now_Staff""",
    )
    delivery.end("Staff", "staff", "g.key")


def _posts(delivery: Delivery) -> None:
    """A classification that the list gives a role becomes a post. Every assignment is kept as it came, too."""
    resource = "StaffEducationOrganizationAssignmentAssociation"
    if not delivery.has(resource):
        return
    delivery.bench.fetch_stored("SELECT code FROM accounts_role", {"code": "VARCHAR"}, "site_roles")
    delivery.db.execute(
        f"""CREATE TABLE assignments_in AS SELECT *, {at("staffClassification")} AS classification, {at("beginDate")} AS begins,
            {at("endDate")} AS ends, {delivery.person("staff", at("staffReference.staffUniqueId"))} AS staff FROM now_{resource}"""
    )
    report_unmapped(
        delivery.bench,
        "assignments_in",
        "post",
        "classification",
        column="staffClassificationDescriptor",
        sets_aside=False,
    )
    report_foreign(
        delivery.bench, "assignments_in", "post", "classification", column="staffClassificationDescriptor"
    )
    delivery.check_days("assignments_in", "begins")
    delivery.check_days("assignments_in", "ends", required=False)
    delivery.hand_over(
        "posts",
        f"""SELECT file, _row, key AS external_id, staff, {at("educationOrganizationReference.educationOrganizationId")} AS organisation,
            mapped('post', classification) AS role, {limited(at("positionTitle"), 120)} AS title,
            try_cast(begins AS DATE) AS begins_on,
            CASE WHEN try_cast(ends AS DATE) >= try_cast(begins AS DATE) THEN try_cast(ends AS DATE) END AS ends_on,
            {metadata("staffClassification", "fullTimeEquivalency")}
            FROM assignments_in WHERE mapped('post', classification) IN (SELECT code FROM site_roles)""",
    )
    delivery.end(resource, "posts", "g.key")


def _class_staff(delivery: Delivery) -> None:
    resource = "StaffSectionAssociation"
    if not delivery.has(resource):
        return
    delivery.taken.add(resource)
    delivery.db.execute(
        f"""CREATE TABLE teaching_in AS SELECT t.*, {at("classroomPosition")} AS position, {section_key()} AS school_class,
            {delivery.person("staff", at("staffReference.staffUniqueId"))} AS staff,
            {at("beginDate")} AS begins, {at("endDate")} AS ends FROM now_{resource} t"""
    )
    report_unmapped(
        delivery.bench,
        "teaching_in",
        "classroom_position",
        "position",
        column="classroomPositionDescriptor",
        sets_aside=False,
    )
    delivery.check_days("teaching_in", "begins", "ends", required=False)
    begins = "coalesce(try_cast(t.begins AS DATE), c.begins_on)"
    ours = "mapped('classroom_position', t.position)"
    delivery.hand_over(
        "class_staff",
        f"""SELECT t.file, t._row, t.key AS external_id, t.school_class, t.staff,
            coalesce(json_extract_string({ours}, '$[0]'), 'teacher') AS role,
            coalesce(json_extract_string({ours}, '$[1]') = 'true', false) AS is_primary, {begins} AS begins_on,
            CASE WHEN try_cast(t.ends AS DATE) >= {begins} THEN try_cast(t.ends AS DATE) END AS ends_on,
            {metadata("classroomPosition", "percentageContribution", "highlyQualifiedTeacher")}
            FROM teaching_in t LEFT JOIN class_info c ON c.key = t.school_class""",
    )
    delivery.end(resource, "class_staff", "g.key")


def _family(delivery: Delivery) -> None:
    """Contacts (Data Standard 5 and later) or parents (4)."""
    for resource, name in (("Contact", "contactUniqueId"), ("Parent", "parentUniqueId")):
        if not delivery.has(resource):
            continue
        delivery.taken.add(resource)
        delivery.hand_over(
            "family",
            f"""SELECT file, _row, {delivery.person("family", at(name))} AS external_id, {NAMES},
                {limited(first(MAILS, "electronicMailAddress"))} AS email, {limited(first(PHONES, "telephoneNumber"), 60)} AS phone,
                {metadata("personReference.personId|personId", "loginId")} FROM now_{resource}""",
        )
        delivery.end(resource, "family", "g.key")


def _links(delivery: Delivery) -> None:
    """Who belongs to a child's family. Only a parent or guardian without a restriction may see the record.

    An emergency contact, a neighbour, a grandparent without guardianship is named and may do nothing: the school gives rights.
    """
    for resource, person in (("StudentContactAssociation", "contactReference.contactUniqueId"),
                             ("StudentParentAssociation", "parentReference.parentUniqueId")):  # fmt: skip
        if not delivery.has(resource):
            continue
        delivery.taken.add(resource)
        links = f"links_{resource}"
        delivery.db.execute(
            f"""CREATE TABLE {links} AS SELECT *, {delivery.student()} AS student, {delivery.person("family", at(person))} AS family_member,
                {at("relation")} AS relation, {at("contactRestrictions")} IS NOT NULL AS is_restricted,
                coalesce(lower({at("legalGuardian")}) IN ('true', '1'), false) AS is_guardian FROM now_{resource}"""
        )
        report_unrecognised = f"(SELECT * FROM {links} WHERE NOT is_guardian)"
        may = "NOT is_restricted AND (is_guardian OR coalesce(mapped('family_relation', relation) = 'true', false))"
        delivery.bench.report(
            f"""SELECT file, _row AS row, 'family.no_right_given' AS code, 'relationDescriptor' AS "column", NULL AS received
                FROM {report_unrecognised} WHERE NOT ({may})""",
            NOTICE, expected="a parent or guardian without a contact restriction",
            what_to_do="They are named as family and may see nothing. Set their right at the school, or map the relation.",
        )  # fmt: skip
        delivery.hand_over(
            "family_links",
            f"""SELECT file, _row, key AS external_id, student, family_member, left(coalesce(code_value(relation), ''), 40) AS relationship,
                {metadata("legalGuardian", "livesWith", "emergencyContactStatus", "primaryContactStatus", "contactRestrictions")}
                FROM {links}""",
        )
        delivery.hand_over(
            "family_rights",
            f"""SELECT DISTINCT file, NULL::BIGINT AS _row, student, family_member, 'see_and_message' AS level,
                {iso(delivery.bench.on)} AS begins_on, 'Named as parent or guardian by ' || {text(delivery.bench.source)} AS basis
                FROM {links} WHERE {may}""",
        )
        delivery.end(resource, "family_links", "g.key")
