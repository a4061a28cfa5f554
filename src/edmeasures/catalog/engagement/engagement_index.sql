-- Parts are shares from 0 to 1. A part that is not known gives its weight to the others; one part alone is no index.
WITH parts AS (
  SELECT
    d.scope_id AS scope_id,
    d.student_id AS student_id,
    'attendance' AS part,
    $attendance_weight AS weight,
    CAST(d.possible_parts - d.absent_parts AS DOUBLE) / d.possible_parts AS share
  FROM attendance_days AS d
  WHERE d.possible_parts > 0
  UNION ALL
  SELECT
    w.scope_id AS scope_id,
    w.student_id AS student_id,
    'coursework' AS part,
    $coursework_weight AS weight,
    CAST(w.handed_in AS DOUBLE) / w.due AS share
  FROM scope_work AS w
  WHERE w.due > 0
  UNION ALL
  SELECT
    m.scope_id AS scope_id,
    m.student_id AS student_id,
    'lessons' AS part,
    $lessons_weight AS weight,
    CAST(SUM(c.took_part) AS DOUBLE) / SUM(c.checks) AS share
  FROM scope_members AS m
  JOIN check_counts AS c ON c.membership_id = m.membership_id
  GROUP BY m.scope_id, m.student_id
  UNION ALL
  SELECT
    m.scope_id AS scope_id,
    m.student_id AS student_id,
    'platform' AS part,
    $platform_weight AS weight,
    CAST(SUM(COALESCE(p.active_days, 0)) AS DOUBLE) / SUM(b.member_days) AS share
  FROM scope_members AS m
  JOIN memberships AS b ON b.membership_id = m.membership_id
  JOIN sources_received AS r ON r.school_id = m.school_id AND r.source = 'platform_activity' AND r.n_rows > 0
  LEFT JOIN platform_days AS p ON p.membership_id = m.membership_id
  GROUP BY m.scope_id, m.student_id
  HAVING SUM(b.member_days) > 0
),
summed AS (
  SELECT
    p.scope_id AS scope_id,
    p.student_id AS student_id,
    SUM(p.weight * p.share) AS score,
    SUM(p.weight) AS weights,
    COUNT(*) AS parts
  FROM parts AS p
  WHERE p.weight > 0
  GROUP BY p.scope_id, p.student_id
)
SELECT
  m.scope_id AS scope_id,
  m.student_id AS student_id,
  s.score AS numerator,
  CAST(s.weights AS DOUBLE) AS denominator,
  s.score / NULLIF(s.weights, 0) AS value,
  CAST(NULL AS BOOLEAN) AS flag,
  CASE WHEN s.parts > 1 THEN NULL ELSE 'too_few_parts' END AS reason
FROM scope_students AS m
LEFT JOIN summed AS s ON s.scope_id = m.scope_id AND s.student_id = m.student_id
