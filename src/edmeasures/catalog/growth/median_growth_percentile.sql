-- The middle of all results of these schools, each subject of a student for itself.
WITH ranked AS (
  SELECT
    p.scope_id AS scope_id,
    g.sgp AS sgp,
    ROW_NUMBER() OVER (PARTITION BY p.scope_id ORDER BY g.sgp) AS place,
    COUNT(*) OVER (PARTITION BY p.scope_id) AS n
  FROM growth_percentiles AS g
  JOIN scope_schools AS p ON p.school_id = g.school_id
),
middle AS (
  SELECT r.scope_id AS scope_id, r.sgp AS sgp, r.n AS n
  FROM ranked AS r
  WHERE 2 * r.place = r.n + 1 OR 2 * r.place = r.n OR (2 * r.place = r.n + 2 AND NOT $even_takes_lower)
)
SELECT
  c.scope_id AS scope_id,
  AVG(CAST(m.sgp AS DOUBLE)) AS value,
  MAX(m.n) AS n_students,
  CASE WHEN COUNT(m.sgp) = 0 THEN 'no_prior_score' END AS reason
FROM (SELECT DISTINCT p.scope_id FROM scope_schools AS p) AS c
LEFT JOIN middle AS m ON m.scope_id = c.scope_id
GROUP BY c.scope_id
