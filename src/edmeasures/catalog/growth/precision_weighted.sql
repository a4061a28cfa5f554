-- Estimates of a set of schools as one, each weighing by the inverse of its variance.
SELECT
  p.scope_id AS scope_id,
  SUM(g.estimate / (g.standard_error * g.standard_error)) / SUM(1 / (g.standard_error * g.standard_error)) AS estimate,
  1 / SUM(1 / (g.standard_error * g.standard_error)) AS variance,
  COUNT(*) AS n
FROM growth_estimates AS g
JOIN scope_schools AS p ON p.school_id = g.school_id
WHERE g.standard_error > 0
GROUP BY p.scope_id
