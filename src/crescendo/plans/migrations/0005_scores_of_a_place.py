"""A school's scores as averages: asked by whoever may read the school's numbers, without a look at a single row."""

from django.db import migrations

# Everybody who may read the school's numbers may read its goal; the rows stay with those who see the students. So
# the averages are made in here, once for everybody: a teacher who sees one class reads the school's average, not hers.
# A test counts where it was taken, by a student of the place. A score made here stands above an imported one of the
# same student, test and day, as in `records/datasets.py`.
TESTED = """
    SELECT f.student_id, f.assessment_id, f."on", f.score, f.id
    FROM records_assessmentresult f
    WHERE f.school_year = ANY (years) AND f.school_id = ANY (schools) AND f.status = 'scored' AND f.score IS NOT NULL
      AND f.student_id IN (SELECT e.student_id FROM roster_enrolment e WHERE e.school_id = ANY (schools))
      AND (f.source = 'crescendo' OR NOT EXISTS (
          SELECT FROM records_assessmentresult h
          WHERE h.source = 'crescendo' AND h.school_year = f.school_year AND h.student_id = f.student_id
            AND h.assessment_id = f.assessment_id AND h."on" = f."on"))
"""

SCHOOLS = """
CREATE FUNCTION plans_schools_of(place bigint) RETURNS bigint[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    -- Empty for whoever may not read the numbers of the place: staff there, above it and below it, with the permission.
    IF NOT (crescendo_may('results.see') AND place = ANY (plans_my_places())) THEN
        RETURN ARRAY[]::bigint[];
    END IF;
    RETURN ARRAY(
        WITH RECURSIVE below AS (
            SELECT place AS id UNION SELECT o.id FROM roster_organisation o JOIN below b ON o.parent_id = b.id
        )
        SELECT id FROM below
    );
END $$;
REVOKE ALL ON FUNCTION plans_schools_of(bigint) FROM PUBLIC;
"""

DAYS = f"""
CREATE FUNCTION plans_test_days(place bigint, years smallint[], since date, until date)
RETURNS TABLE (assessment_id bigint, tested_on date, n bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE schools bigint[] := plans_schools_of(place);
BEGIN
    RETURN QUERY
    SELECT t.assessment_id, t."on", count(*) FROM ({TESTED}) t
    WHERE t."on" BETWEEN since AND until GROUP BY 1, 2 ORDER BY 2, 1;
END $$;
REVOKE ALL ON FUNCTION plans_test_days(bigint, smallint[], date, date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION plans_test_days(bigint, smallint[], date, date) TO crescendo_web, crescendo_worker;
"""

# The first sitting is the start; the others are compared with it, student by student, each by their latest score of the
# sitting. Of fewer than ten nothing is said but to those whose post reaches every student of the place.
GAINS = f"""
CREATE FUNCTION plans_test_gains(place bigint, years smallint[], tests bigint[], since date[], until date[])
RETURNS TABLE (sitting integer, n_tested bigint, mean double precision, n_both bigint, gain double precision)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    schools bigint[] := plans_schools_of(place);
    fewest integer := CASE
        WHEN crescendo_may('students.see') AND place = ANY (crescendo_viewer_schools()) THEN 1 ELSE 10 END;
BEGIN
    RETURN QUERY
    WITH taken AS (
        SELECT DISTINCT ON (w.n, t.student_id) w.n::integer AS n, t.student_id, t.score
        FROM ({TESTED} AND f.assessment_id = ANY (tests)) t
        JOIN unnest(since, until) WITH ORDINALITY AS w (first, last, n) ON t."on" BETWEEN w.first AND w.last
        ORDER BY w.n, t.student_id, t."on" DESC, t.id DESC
    ), counted AS (
        SELECT later.n, count(*) AS tested, avg(later.score) AS mean, count(start.score) AS both_times,
               avg(later.score - start.score) AS gained
        FROM taken later LEFT JOIN taken start ON start.n = 1 AND start.student_id = later.student_id
        GROUP BY later.n
    )
    SELECT c.n,
           CASE WHEN c.tested >= fewest THEN c.tested END, CASE WHEN c.tested >= fewest THEN c.mean END,
           CASE WHEN c.both_times >= fewest THEN c.both_times END,
           CASE WHEN c.both_times >= fewest THEN c.gained END
    FROM counted c ORDER BY c.n;
END $$;
REVOKE ALL ON FUNCTION plans_test_gains(bigint, smallint[], bigint[], date[], date[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION plans_test_gains(bigint, smallint[], bigint[], date[], date[])
    TO crescendo_web, crescendo_worker;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("plans", "0004_second_lock"),
        ("records", "0009_coursework_made_here"),
        ("roster", "0008_scope_reads_the_day_once"),
    ]

    operations = [
        migrations.RunSQL(SCHOOLS, "DROP FUNCTION plans_schools_of(bigint)"),
        migrations.RunSQL(DAYS, "DROP FUNCTION plans_test_days(bigint, smallint[], date, date)"),
        migrations.RunSQL(
            GAINS, "DROP FUNCTION plans_test_gains(bigint, smallint[], bigint[], date[], date[])"
        ),
    ]
