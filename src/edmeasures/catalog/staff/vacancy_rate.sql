WITH posts AS (
  SELECT
    p.scope_id AS scope_id,
    SUM(s.fte) AS planned,
    SUM(CASE WHEN s.filled_on IS NULL OR s.filled_on > $as_of THEN s.fte ELSE 0 END) AS vacant
  FROM staff_positions AS s
  JOIN scope_schools AS p ON p.school_id = s.school_id
  WHERE s.opened_on <= $as_of
  GROUP BY p.scope_id
)
SELECT
  c.scope_id AS scope_id,
  MAX(p.vacant) AS numerator,
  MAX(p.planned) AS denominator,
  MAX(p.vacant) / NULLIF(MAX(p.planned), 0) AS value,
  CASE WHEN COALESCE(MAX(p.planned), 0) = 0 THEN 'source_not_received' END AS reason
FROM scope_schools AS c
LEFT JOIN posts AS p ON p.scope_id = c.scope_id
GROUP BY c.scope_id
