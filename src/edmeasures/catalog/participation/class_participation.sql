SELECT
  m.scope_id AS scope_id,
  m.student_id AS student_id,
  CAST(SUM(c.took_part) AS DOUBLE) AS numerator,
  CAST(SUM(c.checks) AS DOUBLE) AS denominator,
  CAST(SUM(c.took_part) AS DOUBLE) / NULLIF(SUM(c.checks), 0) AS value,
  CAST(NULL AS BOOLEAN) AS flag,
  CASE
    WHEN SUM(c.checks) > 0 THEN NULL
    WHEN MAX(COALESCE(r.n_rows, 0)) = 0 THEN 'source_not_received'
    ELSE 'not_checked'
  END AS reason
FROM scope_members AS m
LEFT JOIN check_counts AS c ON c.membership_id = m.membership_id
LEFT JOIN sources_received AS r ON r.school_id = m.school_id AND r.source = 'participation_checks'
GROUP BY m.scope_id, m.student_id
