-- Each course weighs by its credits; courses without grade points are left aside.
WITH counted AS (
  SELECT
    b.membership_id AS membership_id,
    SUM(o.grade_points * o.credits_attempted) AS points,
    SUM(CASE WHEN o.grade_points IS NULL THEN 0 ELSE o.credits_attempted END) AS weights
  FROM course_outcomes AS o
  JOIN memberships AS b ON b.student_id = o.student_id AND b.school_id = o.school_id
  WHERE o."on" <= $as_of
  GROUP BY b.membership_id
)
SELECT
  m.scope_id AS scope_id,
  m.student_id AS student_id,
  CAST(SUM(c.points) AS DOUBLE) AS numerator,
  CAST(SUM(c.weights) AS DOUBLE) AS denominator,
  CAST(SUM(c.points) AS DOUBLE) / NULLIF(SUM(c.weights), 0) AS value,
  CAST(NULL AS BOOLEAN) AS flag,
  CASE
    WHEN SUM(c.weights) > 0 THEN NULL
    WHEN MAX(COALESCE(r.n_rows, 0)) = 0 THEN 'source_not_received'
    ELSE 'no_decided_course'
  END AS reason
FROM scope_members AS m
LEFT JOIN counted AS c ON c.membership_id = m.membership_id
LEFT JOIN sources_received AS r ON r.school_id = m.school_id AND r.source = 'course_outcomes'
GROUP BY m.scope_id, m.student_id
