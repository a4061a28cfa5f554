WITH incidents AS (
  SELECT i.school_id AS school_id, CAST(DATE_TRUNC('week', i."on") AS DATE) AS begins_on, COUNT(*) AS n
  FROM behaviour_incidents AS i
  JOIN spells AS s
    ON s.student_id = i.student_id
    AND s.school_id = i.school_id
    AND s.begins_on <= i."on"
    AND s.ends_on >= i."on"
  GROUP BY i.school_id, CAST(DATE_TRUNC('week', i."on") AS DATE)
),
members AS (
  SELECT
    y.school_id AS school_id,
    CAST(DATE_TRUNC('week', y.day_on) AS DATE) AS begins_on,
    SUM(y.member_days) AS member_days
  FROM school_days AS y
  GROUP BY y.school_id, CAST(DATE_TRUNC('week', y.day_on) AS DATE)
)
SELECT
  m.school_id AS school_id,
  m.begins_on AS begins_on,
  CAST(COALESCE(i.n, 0) AS DOUBLE) AS numerator,
  CAST(m.member_days AS DOUBLE) AS denominator
FROM members AS m
JOIN sources_received AS r
  ON r.school_id = m.school_id AND r.source = 'behaviour_incidents' AND r.n_rows > 0
LEFT JOIN incidents AS i ON i.school_id = m.school_id AND i.begins_on = m.begins_on
