-- Too many core failures decide at once. Too few credits decide when enough were tried for, or the year is over:
-- before that, nobody is off track for credits that have not been awarded yet.
WITH counted AS (
  SELECT
    m.scope_id AS scope_id,
    m.student_id AS student_id,
    SUM(COALESCE(o.core_failed, 0)) AS core_failed,
    SUM(COALESCE(o.attempted, 0)) AS attempted,
    SUM(COALESCE(o.earned, 0)) AS earned,
    SUM(COALESCE(o.outcomes, 0)) AS outcomes,
    MAX(COALESCE(r.n_rows, 0)) AS n_received
  FROM scope_members AS m
  LEFT JOIN outcome_counts AS o ON o.membership_id = m.membership_id
  LEFT JOIN sources_received AS r ON r.school_id = m.school_id AND r.source = 'course_outcomes'
  GROUP BY m.scope_id, m.student_id
)
SELECT
  c.scope_id AS scope_id,
  c.student_id AS student_id,
  CAST(c.earned AS DOUBLE) AS numerator,
  CAST($credits_needed AS DOUBLE) AS denominator,
  CAST(c.earned AS DOUBLE) AS value,
  c.earned >= $credits_needed AND c.core_failed <= $core_failures_allowed AS flag,
  CASE
    WHEN s.grade_level IS NULL OR NOT s.grade_level IN ($on_track_grades) THEN 'not_in_grade'
    WHEN c.n_received = 0 THEN 'source_not_received'
    WHEN c.outcomes = 0 THEN 'no_decided_course'
    WHEN c.core_failed > $core_failures_allowed THEN NULL
    WHEN c.earned >= $credits_needed OR c.attempted >= $credits_needed OR $year_is_over THEN NULL
    ELSE 'year_not_decided'
  END AS reason
FROM counted AS c
JOIN scope_students AS s ON s.scope_id = c.scope_id AND s.student_id = c.student_id
