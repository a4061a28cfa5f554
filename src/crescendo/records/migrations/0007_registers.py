"""Registers and marks made here: who may write them, when a day is complete, and which fact counts where two speak.

A mark made here and a row that an import brought may speak of the same day. The mark counts; the row stays, hidden by
it (`records/datasets.py`). A partial index keeps that question cheap: it holds the marks made here alone.
"""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from crescendo.roster.row_security import VISIBLE_AS_STAFF, policy

# Who may correct a record may record one; a teacher records attendance and scores of the students they work with.
RECORDED = {
    "records_attendanceevent": ("records.correct", "attendance.record"),
    "records_courseworkresult": ("records.correct", "scores.record"),
    "records_assessmentresult": ("records.correct", "scores.record"),
    "records_correction": ("records.correct", "attendance.record", "scores.record"),
}


def write_policies(table: str, permissions: tuple[str, ...]) -> str:
    may = " OR ".join(f"(SELECT crescendo_may('{code}'))" for code in permissions)
    write = f"{VISIBLE_AS_STAFF.format(column=f'{table}.student_id')} AND ({may})"
    return f"""
    DROP POLICY {table}_insert ON {table};
    DROP POLICY {table}_update ON {table};
    CREATE POLICY {table}_insert ON {table} FOR INSERT TO crescendo_web WITH CHECK ({write});
    CREATE POLICY {table}_update ON {table} FOR UPDATE TO crescendo_web USING ({write}) WITH CHECK ({write});
    """


INDEXES = """
CREATE INDEX records_attendanceevent_here ON records_attendanceevent (student_id, "on") WHERE source = 'crescendo';
CREATE INDEX records_courseworkresult_here ON records_courseworkresult (student_id, item_id) WHERE source = 'crescendo';
CREATE INDEX records_assessmentresult_here ON records_assessmentresult (student_id, assessment_id)
    WHERE source = 'crescendo';
"""

# Asked with every mark: nobody waits for a lock once the year is there. Pages may ask only for a year that a class has.
ENSURE_YEAR = """
CREATE FUNCTION crescendo_ensure_marked_year(year integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF to_regclass('records_attendanceevent_' || year) IS NOT NULL
        AND to_regclass('records_attendancesubmission_' || year) IS NOT NULL
        AND to_regclass('records_courseworkresult_' || year) IS NOT NULL
        AND to_regclass('records_assessmentresult_' || year) IS NOT NULL THEN
        RETURN;
    END IF;
    PERFORM FROM roster_schoolclass c WHERE c.school_year = year;
    IF FOUND THEN
        PERFORM crescendo_ensure_school_year(year);
    END IF;
END $$;
REVOKE ALL ON FUNCTION crescendo_ensure_marked_year(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION crescendo_ensure_marked_year(integer) TO crescendo_web, crescendo_worker;
"""

# A teacher sees one class; whether a school's day is complete is a question about all of its students. The function
# answers yes or no and names nobody. Two teachers who save at once come one after the other: the second one sees both.
COMPLETE = """
CREATE FUNCTION crescendo_complete_attendance(school bigint, year integer, day date) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT crescendo_may('attendance.record') THEN
        RAISE EXCEPTION 'Only those who record attendance can complete a day.' USING ERRCODE = '42501';
    END IF;
    PERFORM pg_advisory_xact_lock(7217, school::integer);
    PERFORM FROM records_attendancesubmission s
        WHERE s.school_id = school AND s.school_year = year AND s."on" = day;
    IF FOUND THEN
        RETURN false;
    END IF;
    PERFORM FROM roster_enrolment e
        WHERE e.school_id = school AND e.entry_on <= day AND (e.exit_on IS NULL OR e.exit_on >= day)
          AND (e.ended_on IS NULL OR e.ended_on > day)
          AND NOT EXISTS (SELECT FROM records_register r
                          WHERE r.school_id = school AND r."on" = day AND e.student_id = ANY (r.student_ids))
          AND NOT EXISTS (SELECT FROM records_attendanceevent a
                          WHERE a.school_year = year AND a.student_id = e.student_id AND a."on" = day
                            AND a.school_id = school);
    IF FOUND THEN
        RETURN false;
    END IF;
    PERFORM crescendo_ensure_marked_year(year);
    INSERT INTO records_attendancesubmission (school_id, "on", school_year, source, source_key)
    VALUES (school, day, year, 'crescendo', school || ':' || day)
    ON CONFLICT (source_key, source, school_year) DO NOTHING;
    RETURN true;
END $$;
REVOKE ALL ON FUNCTION crescendo_complete_attendance(bigint, integer, date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION crescendo_complete_attendance(bigint, integer, date) TO crescendo_web;
"""

REGISTER_SEEN = """
    records_register.school_class_id = ANY ((SELECT crescendo_viewer_classes())::bigint[])
    OR records_register.school_id = ANY ((SELECT crescendo_viewer_schools())::bigint[])
"""
REGISTER_TAKEN = f"(SELECT crescendo_may('attendance.record')) AND ({REGISTER_SEEN})"


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("records", "0006_taught_year"),
        ("roster", "0002_scope"),
        ("accounts", "0005_permissions_of_the_loop"),
    ]

    operations = [
        migrations.CreateModel(
            name="Register",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("school_id", models.BigIntegerField()),
                ("school_year", models.SmallIntegerField()),
                ("on", models.DateField()),
                (
                    "student_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(),
                        help_text="Who was called, present or not.",
                        size=None,
                    ),
                ),
                ("taken_at", models.DateTimeField(help_text="The last time it was taken or changed.")),
                (
                    "school_class",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="registers",
                        to="roster.schoolclass",
                    ),
                ),
                (
                    "taken_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["on", "school_class"],
                "indexes": [models.Index(fields=["school_id", "on"], name="records_reg_school__701ef3_idx")],
                "constraints": [
                    models.UniqueConstraint(fields=("school_class", "on"), name="records_register_once")
                ],
            },
        ),
        policy("records_register", REGISTER_SEEN, REGISTER_TAKEN),
        *(
            migrations.RunSQL(write_policies(table, permissions), write_policies(table, permissions[:1]))
            for table, permissions in RECORDED.items()
        ),
        migrations.RunSQL(
            INDEXES,
            "DROP INDEX records_attendanceevent_here, records_courseworkresult_here, records_assessmentresult_here",
        ),
        migrations.RunSQL(ENSURE_YEAR, "DROP FUNCTION crescendo_ensure_marked_year(integer)"),
        migrations.RunSQL(COMPLETE, "DROP FUNCTION crescendo_complete_attendance(bigint, integer, date)"),
    ]
