-- Empirical Bayes: each estimate moves to the mean of all, the more the less certain it is. The variance between schools is
-- that of DerSimonian and Laird.
WITH weighed AS (
  SELECT g.estimate AS estimate, g.standard_error * g.standard_error AS variance
  FROM growth_estimates AS g
  WHERE g.standard_error > 0
),
fixed AS (
  SELECT
    SUM(w.estimate / w.variance) / SUM(1 / w.variance) AS mean,
    SUM(1 / w.variance) AS weight,
    SUM(1 / (w.variance * w.variance)) AS squared,
    COUNT(*) AS n
  FROM weighed AS w
),
spread AS (
  SELECT
    GREATEST(
      0.0,
      (SUM((w.estimate - f.mean) * (w.estimate - f.mean) / w.variance) - (MAX(f.n) - 1))
        / NULLIF(MAX(f.weight) - MAX(f.squared) / MAX(f.weight), 0)
    ) AS tau
  FROM weighed AS w
  CROSS JOIN fixed AS f
),
grand AS (
  SELECT
    SUM(w.estimate / (w.variance + b.tau)) / SUM(1 / (w.variance + b.tau)) AS mean,
    MAX(b.tau) AS tau,
    COUNT(*) AS n
  FROM weighed AS w
  CROSS JOIN spread AS b
),
shrunk AS (
  SELECT
    k.scope_id AS scope_id,
    k.estimate AS estimate,
    k.variance AS variance,
    k.n AS n,
    g.mean + g.tau / (g.tau + k.variance) * (k.estimate - g.mean) AS value,
    1.96 * SQRT(g.tau / (g.tau + k.variance) * k.variance) AS half,
    g.n AS n_in_all
  FROM precision_weighted AS k
  CROSS JOIN grand AS g
)
SELECT
  c.scope_id AS scope_id,
  s.estimate AS numerator,
  SQRT(s.variance) AS denominator,
  s.value AS value,
  s.value - s.half AS lower,
  s.value + s.half AS upper,
  s.n AS n_students,
  CASE
    WHEN s.scope_id IS NULL THEN 'source_not_received'
    WHEN s.n_in_all < 3 THEN 'too_few_schools'
  END AS reason
FROM (SELECT DISTINCT p.scope_id FROM scope_schools AS p) AS c
LEFT JOIN shrunk AS s ON s.scope_id = c.scope_id
