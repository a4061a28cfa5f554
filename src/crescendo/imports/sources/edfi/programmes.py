# ruff: noqa: E501 (SQL reads better in its own lines)
"""What describes a student: sex, race, language, and the programmes that serve them. The whole records are kept beside."""

from crescendo.imports.bench import text

from .codes import report_foreign, report_unmapped
from .handing import Delivery
from .keys import at, items

TITLES = {
    "race_ethnicity": "Race and ethnicity",
    "english_learner": "English learner",
    "special_education": "Special education",
    "economically_disadvantaged": "Economically disadvantaged",
    "homeless": "Homeless",
    "migrant": "Migrant",
    "foster_care": "Foster care",
    "section_504": "Section 504",
    "gifted": "Gifted and talented",
    "programme": "Programme",
}
DESCRIBING = ("StudentEducationOrganizationAssociation", "StudentDemographic")


def hand_over(delivery: Delivery) -> None:
    delivery.db.execute(
        """CREATE TABLE about_students (file VARCHAR, _row BIGINT, student VARCHAR, characteristic VARCHAR, value VARCHAR, begins_on DATE, ends_on DATE)"""
    )
    for resource in DESCRIBING:
        if delivery.has(resource):
            _describe(delivery, resource)
    for resource in sorted(delivery.resources):
        if resource.startswith("Student") and resource.endswith("ProgramAssociation"):
            _programme(delivery, resource)
    _characteristics(delivery)


def _describe(delivery: Delivery, resource: str) -> None:
    """The student's one description: several organisations may send one, and the fullest counts."""
    people = f"people_{resource}"
    race = f"""list_distinct(list_filter(list_transform({items("races", "race")}, lambda r: coalesce(json_extract_string(r, '$.race'), json_extract_string(r, '$'))), lambda r: r IS NOT NULL))"""
    delivery.db.execute(
        f"""CREATE TABLE {people} AS SELECT *, {delivery.student()} AS student, {at("sex")} AS sex, {race} AS races,
            lower({at("hispanicLatinoEthnicity")}) IN ('true', '1') AS is_hispanic, {at("limitedEnglishProficiency")} AS english,
            {at("economicDisadvantage")} AS poor, list_transform({items("studentCharacteristics", "studentCharacteristic")},
                lambda c: coalesce(json_extract_string(c, '$.studentCharacteristic'), json_extract_string(c, '$'))) AS characteristics
            FROM now_{resource} QUALIFY row_number() OVER (PARTITION BY student ORDER BY length(doc) DESC, key) = 1"""
    )
    each = f"(SELECT file, _row, unnest(races) AS race FROM {people})"
    report_unmapped(delivery.bench, each, "race", "race", column="raceDescriptor", sets_aside=False)
    report_unmapped(delivery.bench, people, "sex", "sex", column="sexDescriptor", sets_aside=False)
    report_foreign(delivery.bench, people, "sex", "sex", column="sexDescriptor")
    report_unmapped(
        delivery.bench,
        people,
        "english_learner",
        "english",
        column="limitedEnglishProficiencyDescriptor",
        sets_aside=False,
    )
    delivery.hand_over(
        "students",
        f"""SELECT file, _row, student AS external_id, left(coalesce(mapped('sex', sex), lower(code_value(sex))), 20) AS sex FROM {people}
            WHERE sex IS NOT NULL""",
        update_only=True,
    )
    _race(delivery, people)
    delivery.db.execute(
        f"""INSERT INTO about_students SELECT file, _row, student, 'english_learner', 'yes', NULL, NULL FROM {people} WHERE
            mapped('english_learner', english) = 'true'
            UNION ALL SELECT file, _row, student, 'economically_disadvantaged', 'yes', NULL, NULL FROM {people}
                WHERE poor IS NOT NULL AND code_value(poor) NOT ILIKE 'no%'
            UNION ALL SELECT file, _row, student, mapped('characteristic', c), 'yes', NULL, NULL
                FROM (SELECT file, _row, student, unnest(characteristics) AS c FROM {people}) WHERE mapped('characteristic', c) IS NOT
                    NULL"""
    )


def _race(delivery: Delivery, people: str) -> None:
    """One reporting category: Hispanic of any race first, then two or more, then the one race given."""
    delivery.db.execute(
        f"""INSERT INTO about_students SELECT file, _row, student, 'race_ethnicity', CASE WHEN is_hispanic OR list_contains(ours,
            'hispanic') THEN 'hispanic'
                WHEN len(ours) > 1 THEN 'two_or_more' ELSE ours[1] END, NULL, NULL
            FROM (SELECT p.file, p._row, p.student, p.is_hispanic, coalesce(list(m.ours) FILTER (m.ours <> ''), []) AS ours FROM {people} p
                  LEFT JOIN (SELECT DISTINCT file, _row, mapped('race', race) AS ours FROM (SELECT file, _row, unnest(races) AS race FROM
                      {people})) m
                  USING (file, _row) GROUP BY ALL) WHERE is_hispanic OR len(ours) > 0"""
    )


def _programme(delivery: Delivery, resource: str) -> None:
    kind = at("programReference.programType")
    begins, ends = (
        f"try_cast({at('beginDate')} AS DATE)",
        f"try_cast({at('endDate|specialEducationExitDate')} AS DATE)",
    )
    # Meals for everybody say nothing about a family: only free and reduced-price ones do.
    meals = items("schoolFoodServiceProgramServices", "schoolFoodServiceProgramService")
    service = "code_value(coalesce(json_extract_string(m, '$.schoolFoodServiceProgramService'), json_extract_string(m, '$')))"
    served = f"""CASE WHEN len(list_filter({meals}, lambda m: starts_with({service}, 'Free') OR starts_with({service}, 'Reduced'))) > 0
        THEN 'economically_disadvantaged' END"""
    code = f"coalesce(mapped('program', {kind}), {served}, 'programme')"
    delivery.db.execute(
        f"""INSERT INTO about_students SELECT file, _row, {delivery.student()}, {code},
            CASE WHEN {code} = 'programme' THEN left(coalesce({at("programReference.programName")}, code_value({kind})), 80) ELSE 'yes' END,
            {begins}, CASE WHEN {ends} >= {begins} THEN {ends} END FROM now_{resource}"""
    )


def _characteristics(delivery: Delivery) -> None:
    """Derived rows: the record itself is kept, so that no row of a file stands for one. The latest of several spells holds."""
    if not delivery.db.execute("SELECT count(*) FROM about_students WHERE value IS NOT NULL").fetchall()[0][
        0
    ]:
        return
    (file,) = delivery.db.execute("SELECT min(file) FROM about_students").fetchall()[0]
    rows = ", ".join(f"({text(code)}, {text(title)})" for code, title in TITLES.items())
    delivery.hand_over(
        "characteristics",
        f"SELECT {text(file)} AS file, code, title, true AS is_sensitive, code <> 'programme' AS is_reported FROM (VALUES {rows}) v(code, title) "
        "WHERE code IN (SELECT characteristic FROM about_students)",
    )
    delivery.hand_over(
        "student_characteristics",
        """SELECT file, NULL::BIGINT AS _row, student, characteristic, value, begins_on, ends_on FROM about_students
           WHERE value IS NOT NULL AND student IN (SELECT id FROM spelled_student)
             AND (file, _row) NOT IN (SELECT (file, _row) FROM set_aside)
           QUALIFY row_number() OVER (PARTITION BY student, characteristic, value ORDER BY begins_on DESC NULLS LAST, ends_on DESC NULLS
               FIRST) = 1""",
    )
