WITH counted AS (
  SELECT
    b.membership_id AS membership_id,
    SUM(CASE WHEN o.is_advanced AND o.passed THEN 1 ELSE 0 END) AS advanced,
    COUNT(o.is_advanced) AS told
  FROM course_outcomes AS o
  JOIN memberships AS b ON b.student_id = o.student_id AND b.school_id = o.school_id
  WHERE o."on" <= $as_of
  GROUP BY b.membership_id
)
SELECT
  m.scope_id AS scope_id,
  m.student_id AS student_id,
  CAST(SUM(c.advanced) AS DOUBLE) AS numerator,
  CAST(SUM(c.told) AS DOUBLE) AS denominator,
  CAST(SUM(c.advanced) AS DOUBLE) / NULLIF(SUM(c.told), 0) AS value,
  SUM(c.advanced) > 0 AS flag,
  CASE
    WHEN SUM(c.told) > 0 THEN NULL
    WHEN MAX(COALESCE(r.n_rows, 0)) = 0 THEN 'source_not_received'
    ELSE 'no_decided_course'
  END AS reason
FROM scope_members AS m
LEFT JOIN counted AS c ON c.membership_id = m.membership_id
LEFT JOIN sources_received AS r ON r.school_id = m.school_id AND r.source = 'course_outcomes'
GROUP BY m.scope_id, m.student_id
