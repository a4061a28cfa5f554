SELECT
  c.scope_id AS scope_id,
  k.estimate AS numerator,
  SQRT(k.variance) AS denominator,
  k.estimate / SQRT(k.variance) AS value,
  k.n AS n_students,
  CASE WHEN k.scope_id IS NULL THEN 'source_not_received' END AS reason
FROM (SELECT DISTINCT p.scope_id FROM scope_schools AS p) AS c
LEFT JOIN precision_weighted AS k ON k.scope_id = c.scope_id
