SELECT
  m.scope_id AS scope_id,
  m.student_id AS student_id,
  CAST(SUM(o.failed) AS DOUBLE) AS numerator,
  CAST(SUM(o.decided) AS DOUBLE) AS denominator,
  CAST(SUM(o.failed) AS DOUBLE) / NULLIF(SUM(o.decided), 0) AS value,
  SUM(o.failed) > 0 AS flag,
  CASE
    WHEN SUM(o.decided) > 0 THEN NULL
    WHEN MAX(COALESCE(r.n_rows, 0)) = 0 THEN 'source_not_received'
    ELSE 'no_decided_course'
  END AS reason
FROM scope_members AS m
LEFT JOIN outcome_counts AS o ON o.membership_id = m.membership_id
LEFT JOIN sources_received AS r ON r.school_id = m.school_id AND r.source = 'course_outcomes'
GROUP BY m.scope_id, m.student_id
