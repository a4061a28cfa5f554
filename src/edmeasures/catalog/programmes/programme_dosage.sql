WITH counted AS (
  SELECT b.membership_id AS membership_id, SUM(s.minutes) AS minutes, SUM(s.planned_minutes) AS planned
  FROM programme_sessions AS s
  JOIN memberships AS b ON b.student_id = s.student_id AND b.school_id = s.school_id
  WHERE s."on" <= $as_of
  GROUP BY b.membership_id
)
SELECT
  m.scope_id AS scope_id,
  m.student_id AS student_id,
  CAST(SUM(c.minutes) AS DOUBLE) AS numerator,
  CAST(SUM(c.planned) AS DOUBLE) AS denominator,
  CAST(SUM(c.minutes) AS DOUBLE) / NULLIF(SUM(c.planned), 0) AS value,
  CAST(NULL AS BOOLEAN) AS flag,
  CASE
    WHEN SUM(c.planned) > 0 THEN NULL
    WHEN MAX(COALESCE(r.n_rows, 0)) = 0 THEN 'source_not_received'
    ELSE 'no_session'
  END AS reason
FROM scope_members AS m
LEFT JOIN counted AS c ON c.membership_id = m.membership_id
LEFT JOIN sources_received AS r ON r.school_id = m.school_id AND r.source = 'programme_sessions'
GROUP BY m.scope_id, m.student_id
