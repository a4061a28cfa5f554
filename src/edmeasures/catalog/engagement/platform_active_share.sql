SELECT
  m.scope_id AS scope_id,
  m.student_id AS student_id,
  CAST(SUM(COALESCE(p.active_days, 0)) AS DOUBLE) AS numerator,
  CAST(SUM(b.member_days) AS DOUBLE) AS denominator,
  CAST(SUM(COALESCE(p.active_days, 0)) AS DOUBLE) / NULLIF(SUM(b.member_days), 0) AS value,
  CAST(NULL AS BOOLEAN) AS flag,
  CASE
    WHEN MAX(COALESCE(r.n_rows, 0)) = 0 THEN 'source_not_received'
    WHEN SUM(b.member_days) = 0 THEN 'no_instructional_days'
  END AS reason
FROM scope_members AS m
JOIN memberships AS b ON b.membership_id = m.membership_id
LEFT JOIN platform_days AS p ON p.membership_id = m.membership_id
LEFT JOIN sources_received AS r ON r.school_id = m.school_id AND r.source = 'platform_activity'
GROUP BY m.scope_id, m.student_id
