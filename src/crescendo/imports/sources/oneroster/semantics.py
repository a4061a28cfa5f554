"""What rows mean together (2.7): loops, dates and bounds the wrong way round, two first teachers, scales, CASE ids."""

from crescendo.imports.bench import Workbench, quoted, text
from crescendo.imports.findings import ERROR, NOTICE, ROW

from .package import Delivery

PAIR = r"\{[^{}:]+:[^{}:]+\}(\s*,\s*\{[^{}:]+:[^{}:]+\})*"
CASE_ID = r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"


def check(bench: Workbench, delivery: Delivery) -> None:
    for part in (
        _check_ids,
        _check_loops,
        _check_order,
        _check_kinds,
        _check_gradebook,
        _check_lists,
        _check_first_teachers,
    ):
        part(bench, delivery)


def _say(
    bench: Workbench, delivery: Delivery, name: str, code: str, column: str, condition: str, *,
    forgiving: str = NOTICE, expected: str = "", what_to_do: str = "", source: str = "", received: str = "",
) -> None:  # fmt: skip
    """Report the rows of a file that meet a condition: an error in strict mode."""
    if not delivery.has(name):
        return
    view = source or f"{delivery.views[name]} t"
    shown = received or f"t.{quoted(column)}::VARCHAR"
    bench.report(
        f"""SELECT {text(delivery.tables[name].name)} AS file, t._row AS row, {text(code)} AS code, {text(column)} AS "column",
                   {shown} AS received FROM {view} WHERE {condition}""",
        ERROR if bench.strict else forgiving, expected=expected, what_to_do=what_to_do,
    )  # fmt: skip


def _check_ids(bench: Workbench, delivery: Delivery) -> None:
    """In strict mode an id comes once; in forgiving mode the pipeline decides whether two rows say the same."""
    if not bench.strict:
        return
    for name, view in delivery.views.items():
        repeated = f'(SELECT "sourcedId" FROM {view}_raw GROUP BY 1 HAVING count(*) > 1)'
        _say(bench, delivery, name, "row.duplicate_sourced_id", "sourcedId", f't."sourcedId" IN {repeated}',
             expected="each id once", what_to_do="Two rows have the same id. Keep one.")  # fmt: skip


def _check_loops(bench: Workbench, delivery: Delivery) -> None:
    """A parent that is its own grandchild. In forgiving mode the links of the loop are left out."""
    for name in ("orgs.csv", "academicSessions.csv"):
        if not delivery.has(name):
            continue
        view = delivery.views[name]
        bench.db.execute(
            f"""CREATE OR REPLACE TABLE loops_{name[:-4]} AS
            WITH RECURSIVE up(origin, upper, depth) AS (
                SELECT "sourcedId", "parentSourcedId", 1 FROM {view} WHERE "parentSourcedId" IS NOT NULL
                UNION ALL
                SELECT u.origin, p."parentSourcedId", u.depth + 1 FROM up u JOIN {view} p ON p."sourcedId" = u.upper
                WHERE p."parentSourcedId" IS NOT NULL AND u.upper <> u.origin AND u.depth < 50)
            SELECT DISTINCT origin AS id FROM up WHERE upper = origin"""
        )
        _say(bench, delivery, name, "semantic.parent_loop", "parentSourcedId", f't."sourcedId" IN (SELECT id FROM loops_{name[:-4]})',
             expected="parents without a circle", what_to_do="The parent was left out.")  # fmt: skip


def _check_order(bench: Workbench, delivery: Delivery) -> None:
    for name, first, last, forgiving in (
        ("academicSessions.csv", "startDate", "endDate", ROW),
        ("enrollments.csv", "beginDate", "endDate", ROW),
        ("roles.csv", "beginDate", "endDate", NOTICE),
        ("lineItems.csv", "assignDate", "dueDate", NOTICE),
    ):
        what = "The row was set aside: it never held." if forgiving == ROW else "Read as it came."
        _say(bench, delivery, name, "semantic.end_before_start", last, f"t.{quoted(last)} < t.{quoted(first)}",
             forgiving=forgiving, expected=f"{last} on or after {first}", what_to_do=what)  # fmt: skip


def _check_kinds(bench: Workbench, delivery: Delivery) -> None:
    orgs, sessions = delivery.views.get("orgs.csv"), delivery.views.get("academicSessions.csv")
    if orgs:
        other = f'(SELECT "sourcedId" FROM {orgs} WHERE "type" IS NOT NULL AND "type" <> \'school\')'
        for name in ("classes.csv", "enrollments.csv"):
            _say(bench, delivery, name, "semantic.org_is_not_a_school", "schoolSourcedId", f't."schoolSourcedId" IN {other}',
                 expected="an org of type school", what_to_do="Check which school is meant.")  # fmt: skip
    if sessions:
        years = f'(SELECT "sourcedId" FROM {sessions} WHERE "type" = \'schoolYear\')'
        others = f'(SELECT "sourcedId" FROM {sessions} WHERE "type" <> \'schoolYear\')'
        _say(bench, delivery, "courses.csv", "semantic.session_is_not_a_school_year", "schoolYearSourcedId",
             f't."schoolYearSourcedId" IN {others}', expected="a session of type schoolYear", what_to_do="Read as it came.")  # fmt: skip
        for column in ("academicSessionSourcedId", "gradingPeriodSourcedId"):
            _say(bench, delivery, "lineItems.csv", "semantic.session_is_a_school_year", column, f"t.{quoted(column)} IN {years}",
                 expected="a term or grading period", what_to_do="Read as it came.")  # fmt: skip


def _check_gradebook(bench: Workbench, delivery: Delivery) -> None:
    _say(bench, delivery, "lineItems.csv", "semantic.invalid_score_range", "resultValueMax",
         't."resultValueMin" > t."resultValueMax"', expected="resultValueMin not above resultValueMax",
         what_to_do="Both bounds were left out.")  # fmt: skip
    for name in ("lineItemLearningObjectiveIds.csv", "resultLearningObjectiveIds.csv"):
        _say(bench, delivery, name, "semantic.invalid_case_learning_objective_id", "learningObjectiveId",
             f"t.\"source\" = 'case' AND NOT regexp_full_match(t.\"learningObjectiveId\", '{CASE_ID}')",
             expected="urn:uuid: and a lower-case UUID", what_to_do="Kept as it came.")  # fmt: skip
    _say(bench, delivery, "scoreScales.csv", "semantic.invalid_score_scale_mapping", "scoreScaleValue",
         f"NOT regexp_full_match(t.\"scoreScaleValue\", '{PAIR}')", expected="pairs such as {A:94},{B:84}",
         what_to_do="Kept as it came.")  # fmt: skip
    items, results = delivery.views.get("lineItems.csv"), delivery.views.get("results.csv")
    if not items or not results:
        return
    joined = f'{results} t JOIN {items} l ON l."sourcedId" = t."lineItemSourcedId"'
    beyond, other_class = (
        't."score" > l."resultValueMax" OR t."score" < l."resultValueMin"',
        't."classSourcedId" <> l."classSourcedId"',
    )
    # Millions of results are joined once for both; most deliveries end there.
    has_beyond, has_other_class = bench.db.execute(
        f"SELECT coalesce(bool_or({beyond}), false), coalesce(bool_or({other_class}), false) FROM {joined}"
    ).fetchone()
    if has_beyond:
        _say(bench, delivery, "results.csv", "semantic.score_out_of_range", "score", beyond, source=joined,
             expected="a score within the line item's bounds", what_to_do="Read as it came.")  # fmt: skip
    _check_enrolled(bench, delivery, results)
    if has_other_class:
        _say(bench, delivery, "results.csv", "semantic.result_class_differs", "classSourcedId", other_class, source=joined,
             expected="the line item's class", what_to_do="The line item's class counts.")  # fmt: skip


def _check_enrolled(bench: Workbench, delivery: Delivery, results: str) -> None:
    """Results of students who never were in the class of the line item. Who left or moved keeps what they earned."""
    enrolments, items = delivery.views.get("enrollments.csv"), delivery.views["lineItems.csv"]
    if bench.strict or not enrolments or not delivery.is_bulk("enrollments.csv"):
        return
    bench.db.execute(
        f"""CREATE TABLE sat_in AS SELECT DISTINCT e."classSourcedId" AS class, e."userSourcedId" AS student
            FROM {enrolments}_raw e WHERE e."classSourcedId" IS NOT NULL AND e."userSourcedId" IS NOT NULL"""
    )
    # Joined here: right after a first load PostgreSQL knows nothing of its tables, and would look up row by row.
    bench.fetch_stored(
        "SELECT school_class_id, student_id FROM roster_classenrolment WHERE ended_on IS NOT NULL",
        {"class_id": "BIGINT", "student_id": "BIGINT"},
        "ended_places",
    )
    bench.db.execute(
        f"""CREATE TABLE sat_in_before AS SELECT c.external_id AS class, s.external_id AS student FROM ended_places n
            JOIN {bench.known_ids("class")} c ON c.id = n.class_id JOIN {bench.known_ids("student")} s ON s.id = n.student_id"""
    )
    where = f"""{results}_raw t JOIN {items}_raw l ON l."sourcedId" = t."lineItemSourcedId"
        ANTI JOIN (FROM sat_in UNION ALL FROM sat_in_before) p ON p.class = l."classSourcedId" AND p.student = t."studentSourcedId" """
    _say(bench, delivery, "results.csv", "semantic.student_not_enrolled", "studentSourcedId", "true", source=where,
         expected="a student of the line item's class", what_to_do="Read as it came. Late joiners and moved students are normal.")  # fmt: skip  # noqa: E501


def _check_lists(bench: Workbench, delivery: Delivery) -> None:
    for name in ("courses.csv", "classes.csv"):
        _say(bench, delivery, name, "semantic.subjects_differ_in_length", "subjectCodes",
             't."subjects" IS NOT NULL AND t."subjectCodes" IS NOT NULL AND len(t."subjects") <> len(t."subjectCodes")',
             expected="as many codes as subjects", what_to_do="The codes were left out.")  # fmt: skip


def _check_first_teachers(bench: Workbench, delivery: Delivery) -> None:
    if not delivery.has("enrollments.csv"):
        return
    view = delivery.views["enrollments.csv"]
    first = "\"primary\" AND \"role\" = 'teacher' AND coalesce(\"status\", '') <> 'tobedeleted'"
    several = f'(SELECT "classSourcedId" FROM {view} WHERE {first} GROUP BY 1 HAVING count(DISTINCT "userSourcedId") > 1)'
    _say(bench, delivery, "enrollments.csv", "semantic.two_primary_teachers", "primary",
         f't."primary" AND t."role" = \'teacher\' AND t."classSourcedId" IN {several}',
         expected="one primary teacher per class", what_to_do="The first in the file stays primary, the others were read as teachers.")  # fmt: skip  # noqa: E501
