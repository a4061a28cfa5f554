WITH counted AS (
  SELECT b.membership_id AS membership_id, SUM(a.minutes) AS minutes, COUNT(a.minutes) AS timed
  FROM activity_events AS a
  JOIN memberships AS b ON b.student_id = a.student_id AND b.school_id = a.school_id
  WHERE a."on" <= $as_of
  GROUP BY b.membership_id
)
SELECT
  m.scope_id AS scope_id,
  m.student_id AS student_id,
  SUM(c.minutes) AS numerator,
  CAST(SUM(c.timed) AS DOUBLE) AS denominator,
  SUM(c.minutes) AS value,
  CAST(NULL AS BOOLEAN) AS flag,
  CASE
    WHEN SUM(c.timed) > 0 THEN NULL
    WHEN MAX(COALESCE(r.n_rows, 0)) = 0 THEN 'source_not_received'
    ELSE 'no_activity'
  END AS reason
FROM scope_members AS m
LEFT JOIN counted AS c ON c.membership_id = m.membership_id
LEFT JOIN sources_received AS r ON r.school_id = m.school_id AND r.source = 'activity_events'
GROUP BY m.scope_id, m.student_id
