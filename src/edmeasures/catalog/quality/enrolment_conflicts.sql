-- Enrolments that cannot all be true: an exit before the entry, the same row twice, two schools on one day.
WITH numbered AS (
  SELECT
    e.student_id AS student_id,
    e.school_id AS school_id,
    e.entry_on AS entry_on,
    COALESCE(e.exit_on, $as_of) AS exit_on,
    ROW_NUMBER() OVER (ORDER BY e.student_id, e.school_id, e.entry_on, e.exit_on) AS number
  FROM enrolments AS e
),
conflicts AS (
  SELECT DISTINCT a.student_id AS student_id, a.school_id AS school_id
  FROM numbered AS a
  LEFT JOIN numbered AS b
    ON b.student_id = a.student_id
    AND b.number <> a.number
    AND b.entry_on <= a.exit_on
    AND b.exit_on >= a.entry_on
  WHERE a.exit_on < a.entry_on OR b.student_id IS NOT NULL
)
SELECT
  p.scope_id AS scope_id,
  e.student_id AS student_id,
  CAST(COUNT(c.student_id) AS DOUBLE) AS numerator,
  CAST(COUNT(*) AS DOUBLE) AS denominator,
  CAST(COUNT(c.student_id) AS DOUBLE) AS value,
  COUNT(c.student_id) > 0 AS flag,
  CAST(NULL AS VARCHAR) AS reason
FROM (SELECT DISTINCT n.student_id, n.school_id FROM numbered AS n) AS e
JOIN scope_schools AS p ON p.school_id = e.school_id
LEFT JOIN conflicts AS c ON c.student_id = e.student_id AND c.school_id = e.school_id
GROUP BY p.scope_id, e.student_id
