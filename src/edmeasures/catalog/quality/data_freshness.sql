-- Instructional days of each school after the last one it sent. A set of schools is as stale as its stalest; a school
-- that never sent anything leaves the set without a value.
WITH taught AS (
  SELECT DISTINCT d.school_id AS school_id, d."on" AS taught_on
  FROM calendar_days AS d
  WHERE d.is_instructional AND d."on" <= $as_of
),
sent AS (
  SELECT s.school_id AS school_id, MAX(s."on") AS last_on
  FROM attendance_submissions AS s
  WHERE s."on" <= $as_of
  GROUP BY s.school_id
),
schools AS (
  SELECT
    t.school_id AS school_id,
    SUM(CASE WHEN t.taught_on > s.last_on THEN 1 ELSE 0 END) AS days_since,
    MAX(CASE WHEN s.last_on IS NULL THEN 1 ELSE 0 END) AS never_sent
  FROM taught AS t
  LEFT JOIN sent AS s ON s.school_id = t.school_id
  GROUP BY t.school_id
)
SELECT
  p.scope_id AS scope_id,
  CAST(MAX(c.days_since) AS DOUBLE) AS value,
  CASE
    WHEN COUNT(c.school_id) = 0 THEN 'no_instructional_days'
    WHEN MAX(c.never_sent) = 1 THEN 'source_not_received'
  END AS reason
FROM scope_schools AS p
LEFT JOIN schools AS c ON c.school_id = p.school_id
GROUP BY p.scope_id
