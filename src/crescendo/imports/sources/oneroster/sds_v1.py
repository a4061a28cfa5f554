"""Microsoft School Data Sync, version 1: School, Section, Student, Teacher and who is in which section.

Sections carry their term and course in their own row. The files give a section no days but its term's, so these are
the days of everybody in it.
"""

from collections.abc import Sequence

from crescendo.imports.bench import RawFile, Workbench, text

from . import dates

FILES = (
    "school.csv",
    "section.csv",
    "student.csv",
    "teacher.csv",
    "studentenrollment.csv",
    "teacherroster.csv",
)
NEEDED = {
    "school.csv": ("SIS ID", "Name"),
    "section.csv": ("SIS ID", "School SIS ID", "Section Name", "Term StartDate", "Term EndDate"),
    "student.csv": ("SIS ID", "School SIS ID", "First Name", "Last Name"),
    "teacher.csv": ("SIS ID", "School SIS ID", "First Name", "Last Name"),
    "studentenrollment.csv": ("Section SIS ID", "SIS ID"),
    "teacherroster.csv": ("Section SIS ID", "SIS ID"),
}
OPTIONAL = {
    "school.csv": ("School NCES_ID", "School Number"),
    "section.csv": ("Section Number", "Term SIS ID", "Term Name", "Course SIS ID", "Course Name", "Course Number",
        "Course Subject", "Periods", "Status"),
    "student.csv": ("Username", "Student Number", "Secondary Email", "Middle Name", "Grade", "Status", "Birthdate",
        "Graduation Year"),
    "teacher.csv": ("Username", "Teacher Number", "Secondary Email", "Middle Name", "Title", "Status"),
}  # fmt: skip
DATES = (("section.csv", "Term StartDate"), ("section.csv", "Term EndDate"), ("student.csv", "Birthdate"))


def is_meant(files: Sequence[RawFile]) -> bool:
    """Whether these are the files of SDS 1."""
    return {"school.csv", "section.csv", "student.csv"} <= {file.name.lower() for file in files}


def stage(bench: Workbench, files: Sequence[RawFile]) -> None:
    """Read, check and hand over; every file is the whole truth."""
    if bench.strict:
        bench.error(
            "package.missing_manifest",
            expected="manifest.csv",
            what_to_do="School Data Sync is no OneRoster.",
        )
    names = {}
    for file in files:
        if file.name.lower() in FILES:
            names[file.name.lower()] = bench.read_csv(file.path, file.name).name
        elif file.name.lower().endswith(".csv"):
            bench.notice("package.unknown_file", file=file.name, expected="a file of School Data Sync",
                         what_to_do="The file was not read. Check its name.")  # fmt: skip
    bench.stop_on_errors()
    for lower in FILES:
        _make_view(bench, lower, names.get(lower, ""))
    bench.stop_on_errors()
    _read_days(bench, names)
    _places(bench, names)
    _people(bench, names)
    _in_sections(bench, names)


def _view(lower: str) -> str:
    return f"sds1_{lower[:-4]}"


def _make_view(bench: Workbench, lower: str, name: str) -> None:
    """The columns by their names, whatever their case; those that did not come are empty."""
    table = bench.tables.get(name)
    given = {column.lower(): column for column in table.columns} if table else {}
    for column in NEEDED[lower] if table else ():
        if column.lower() not in given:
            bench.error("schema.missing_column", file=name, row=1, column=column, expected=f"a column {column}",
                        what_to_do="Export the file with this column.")  # fmt: skip
    cells = ", ".join(
        f'"{given[column.lower()]}" AS "{column}"'
        if column.lower() in given
        else f'NULL::VARCHAR AS "{column}"'
        for column in (*NEEDED[lower], *OPTIONAL.get(lower, ()))
    )
    source = table.relation if table and table.columns else "(SELECT NULL::BIGINT AS _row WHERE false)"
    bench.db.execute(f"CREATE VIEW {_view(lower)} AS SELECT _row, {cells} FROM {source}")


def _read_days(bench: Workbench, names: dict[str, str]) -> None:
    """One system writes its dates one way: a column that proves day or month first speaks for all of them."""
    orders = {
        order
        for lower, column in DATES
        for order in dates.find_orders(bench, _view(lower), [column]).values()
    }
    order = next(iter(orders)) if len(orders) == 1 else ""
    for lower, column in DATES:
        if lower not in names:
            continue
        value = dates.value(f'"{column}"', order)
        bench.report(
            f"""SELECT {text(names[lower])} AS file, _row AS row, 'row.invalid_date' AS code, {text(column)} AS "column",
                       "{column}" AS received FROM {_view(lower)} WHERE "{column}" IS NOT NULL AND {value} IS NULL""",
            "notice" if column == "Birthdate" else "row",
            expected="a date such as 2026-01-31", what_to_do="Write the date as YYYY-MM-DD, or set the order of day and month.",
        )  # fmt: skip
    begins, ends = (dates.value(f'"Term {part}Date"', order) for part in ("Start", "End"))
    bench.db.execute(
        f"""CREATE TABLE sections AS SELECT *, {begins} AS begins, {ends} AS ends,
                year({ends}) + (month({ends}) > 7)::INTEGER AS school_year, {_gone('"Status"')} AS is_ended,
                coalesce("Term SIS ID", "Term Name", 'term') AS term, coalesce("Course SIS ID", "SIS ID") AS course
            FROM {_view("section.csv")} WHERE begins <= ends"""
    )
    bench.db.execute(
        f"""CREATE TABLE pupils AS SELECT *, {dates.value('"Birthdate"', order)} AS born_on, {_gone('"Status"')} AS is_ended
            FROM {_view("student.csv")}"""
    )


def _gone(column: str) -> str:
    return f"coalesce(lower({column}), 'active') IN ('inactive', 'deleted', 'withdrawn')"


def _places(bench: Workbench, names: dict[str, str]) -> None:
    section = names.get("section.csv", "Section.csv")
    bench.hand_over(
        "organisations",
        f"""SELECT _row, "SIS ID" AS external_id, left("Name", 255) AS name, 'school' AS kind,
                   coalesce("School NCES_ID", "School Number", '') AS identifier FROM {_view("school.csv")}""",
        file=names["school.csv"], mode="full",
    )  # fmt: skip
    bench.hand_over(
        "sessions",
        """SELECT term AS external_id, left(any_value(coalesce("Term Name", term)), 255) AS title,
                  CASE WHEN max(ends) - min(begins) > 240 THEN 'schoolYear' ELSE 'term' END AS kind, min(begins) AS begins_on,
                  max(ends) AS ends_on, max(school_year) AS school_year FROM sections GROUP BY 1""",
        file=section, mode="full",
    )  # fmt: skip
    bench.hand_over(
        "courses",
        """SELECT course AS external_id, left(min(coalesce("Course Name", "Section Name")), 255) AS title,
                  coalesce(min("Course Number"), '') AS code, min("School SIS ID") AS organisation, max(school_year) AS school_year,
                  list_filter([min("Course Subject")], lambda s: s IS NOT NULL) AS subjects FROM sections GROUP BY 1""",
        file=section, mode="full",
    )  # fmt: skip
    bench.hand_over(
        "classes",
        """SELECT _row, "SIS ID" AS external_id, is_ended AS _ended, left("Section Name", 255) AS title, course,
                  coalesce("Section Number", '') AS code, 'scheduled' AS kind, "School SIS ID" AS school, school_year,
                  list_filter([left("Periods", 40)], lambda p: p IS NOT NULL) AS periods FROM sections""",
        file=section, mode="full",
    )  # fmt: skip
    bench.hand_over(
        "class_sessions",
        'SELECT DISTINCT NULL::BIGINT AS _row, "SIS ID" AS schoolclass, term AS academicsession FROM sections WHERE NOT is_ended',
        file=section, mode="full",
    )  # fmt: skip


def _people(bench: Workbench, names: dict[str, str]) -> None:
    common = """_row, "SIS ID" AS external_id, left("First Name", 255) AS given_name, left("Last Name", 255) AS family_name,
        left(coalesce("Middle Name", ''), 255) AS middle_name, left(coalesce("Username", ''), 255) AS username,
        left(coalesce("Secondary Email", ''), 255) AS email, name_sort_key(coalesce("Last Name", ''), coalesce("First Name", '')) AS sort_key"""  # noqa: E501
    bench.hand_over(
        "students",
        f"""SELECT {common}, is_ended AS _ended, coalesce("Student Number", '') AS identifier, born_on,
                   try_cast("Graduation Year" AS INTEGER) AS cohort_year,
                   to_json(map_from_entries(list_filter([struct_pack(key := 'grades', value := "Grade")], lambda e: e.value IS NOT NULL)))::VARCHAR AS metadata
            FROM pupils""",  # noqa: E501
        file=names["student.csv"], mode="full",
    )  # fmt: skip
    if "teacher.csv" not in names:
        return
    bench.hand_over(
        "staff",
        f"""SELECT {common}, {_gone('"Status"')} AS _ended, coalesce("Teacher Number", '') AS identifier FROM {_view("teacher.csv")}""",
        file=names["teacher.csv"], mode="full",
    )  # fmt: skip
    bench.hand_over(
        "posts",
        f"""SELECT _row, "SIS ID" || '|' || "School SIS ID" || '|teacher' AS external_id, {_gone('"Status"')} AS _ended,
                   "SIS ID" AS staff, "School SIS ID" AS organisation, 'teacher' AS role, left(coalesce("Title", ''), 120) AS title,
                   coalesce((SELECT min(begins) FROM sections), DATE '{bench.on.isoformat()}') AS begins_on FROM {_view("teacher.csv")}""",
        file=names["teacher.csv"], mode="full",
    )  # fmt: skip


def _in_sections(bench: Workbench, names: dict[str, str]) -> None:
    rows = """SELECT r._row, r."Section SIS ID" || '|' || r."SIS ID" AS external_id, r."Section SIS ID" AS school_class,
                     s.begins AS begins_on, s.ends AS ends_on"""
    joined = 'LEFT JOIN sections s ON s."SIS ID" = r."Section SIS ID"'
    if "studentenrollment.csv" in names:
        bench.hand_over(
            "class_enrolments",
            f'{rows}, r."SIS ID" AS student FROM {_view("studentenrollment.csv")} r {joined}',
            file=names["studentenrollment.csv"], mode="full",
        )  # fmt: skip
    if "teacherroster.csv" in names:
        bench.hand_over(
            "class_staff",
            f"""{rows}, r."SIS ID" AS staff, 'teacher' AS role,
                row_number() OVER (PARTITION BY r."Section SIS ID" ORDER BY r._row) = 1 AS is_primary
                FROM {_view("teacherroster.csv")} r {joined}""",
            file=names["teacherroster.csv"], mode="full",
        )  # fmt: skip
    # Days at a school: those of the student's sections there; without sections, of all terms of the last year.
    bench.hand_over(
        "school_enrolments",
        f"""WITH here AS (
                SELECT p."SIS ID" AS student, p."School SIS ID" AS school, s.school_year, min(s.begins) AS begins, max(s.ends) AS ends
                FROM {_view("studentenrollment.csv")} e JOIN sections s ON s."SIS ID" = e."Section SIS ID"
                JOIN pupils p ON p."SIS ID" = e."SIS ID" AND p."School SIS ID" = s."School SIS ID" WHERE NOT p.is_ended GROUP BY 1, 2, 3),
            year AS (SELECT school_year, min(begins) AS begins, max(ends) AS ends FROM sections
                     WHERE school_year = (SELECT max(school_year) FROM sections) GROUP BY 1),
            spell AS (FROM here UNION ALL
                SELECT p."SIS ID", p."School SIS ID", y.school_year, y.begins, y.ends FROM pupils p, year y
                WHERE NOT p.is_ended AND p."SIS ID" NOT IN (SELECT student FROM here))
            SELECT NULL::BIGINT AS _row, student || '|' || school || '|' || school_year || '|1' AS external_id, student, school, school_year,
                   left(coalesce((SELECT min("Grade") FROM pupils p WHERE p."SIS ID" = student), ''), 10) AS grade_level,
                   begins AS entry_on, ends AS exit_on, true AS is_primary, 1.0 AS membership_share FROM spell""",  # noqa: E501
        file=names["student.csv"], mode="full",
    )  # fmt: skip
