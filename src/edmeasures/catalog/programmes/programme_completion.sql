WITH counted AS (
  SELECT
    b.membership_id AS membership_id,
    COUNT(*) AS decided,
    SUM(CASE WHEN p.outcome = 'completed' THEN 1 ELSE 0 END) AS completed
  FROM programme_places AS p
  JOIN memberships AS b ON b.student_id = p.student_id AND b.school_id = p.school_id
  WHERE p.outcome IN ('completed', 'withdrawn') AND (p.ends_on IS NULL OR p.ends_on <= $as_of)
  GROUP BY b.membership_id
)
SELECT
  m.scope_id AS scope_id,
  m.student_id AS student_id,
  CAST(SUM(c.completed) AS DOUBLE) AS numerator,
  CAST(SUM(c.decided) AS DOUBLE) AS denominator,
  CAST(SUM(c.completed) AS DOUBLE) / NULLIF(SUM(c.decided), 0) AS value,
  CAST(NULL AS BOOLEAN) AS flag,
  CASE
    WHEN SUM(c.decided) > 0 THEN NULL
    WHEN MAX(COALESCE(r.n_rows, 0)) = 0 THEN 'source_not_received'
    ELSE 'not_decided'
  END AS reason
FROM scope_members AS m
LEFT JOIN counted AS c ON c.membership_id = m.membership_id
LEFT JOIN sources_received AS r ON r.school_id = m.school_id AND r.source = 'programme_places'
GROUP BY m.scope_id, m.student_id
