-- Absence rows that count for nobody: on a day the school does not teach, or of somebody who does not belong to it then.
WITH placed AS (
  SELECT
    e.student_id AS student_id,
    e.school_id AS school_id,
    MAX(CASE WHEN r.is_taught = 1 THEN 1 ELSE 0 END) AS counts
  FROM (
    SELECT
      a.student_id,
      a.school_id,
      a."on" AS day_on,
      ROW_NUMBER() OVER (ORDER BY a.student_id, a.school_id, a."on", a.category, a.absent_share) AS number
    FROM attendance_events AS a
    WHERE a."on" <= $as_of AND a.absent_share > 0
  ) AS e
  LEFT JOIN spells AS s
    ON s.student_id = e.student_id
    AND s.school_id = e.school_id
    AND s.begins_on <= e.day_on
    AND s.ends_on >= e.day_on
  LEFT JOIN day_ranks AS r ON r.calendar_key = s.calendar_key AND r.day_on = e.day_on
  GROUP BY e.student_id, e.school_id, e.number
)
SELECT
  p.scope_id AS scope_id,
  e.student_id AS student_id,
  CAST(SUM(1 - e.counts) AS DOUBLE) AS numerator,
  CAST(COUNT(*) AS DOUBLE) AS denominator,
  CAST(SUM(1 - e.counts) AS DOUBLE) / COUNT(*) AS value,
  CAST(NULL AS BOOLEAN) AS flag,
  CAST(NULL AS VARCHAR) AS reason
FROM placed AS e
JOIN scope_schools AS p ON p.school_id = e.school_id
GROUP BY p.scope_id, e.student_id
