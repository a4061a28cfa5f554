-- Last year's value and an equal part of the gap to 100, or to 0 where low is good; rounded half up to one place, as the
-- targets are published. Groups below the minimum have none.
WITH directions AS (
  SELECT c.component AS component, MAX(CASE WHEN c.upper IS NULL THEN 0 ELSE 1 END) AS low_is_good
  FROM rating_cuts AS c
  GROUP BY c.component
)
SELECT
  v.school_id AS school_id,
  v.component AS component,
  v.value AS value,
  v.prior AS prior,
  COALESCE(d.low_is_good, 0) AS low_is_good,
  FLOOR((v.prior + (100 * (1 - COALESCE(d.low_is_good, 0)) - v.prior) / $target_years) * 10 + 0.5) / 10 AS target,
  FLOOR((v.prior + (100 * (1 - COALESCE(d.low_is_good, 0)) - v.prior) * 2 / $target_years) * 10 + 0.5) / 10 AS double_target
FROM component_values AS v
LEFT JOIN directions AS d ON d.component = v.component
WHERE v.prior IS NOT NULL AND v.n >= $target_minimum
