WITH met AS (
  SELECT
    p.scope_id AS scope_id,
    CASE
      WHEN t.low_is_good = 1 AND t.value <= t.target THEN 1
      WHEN t.low_is_good = 0 AND t.value >= t.target THEN 1
      ELSE 0
    END AS is_met
  FROM component_targets AS t
  JOIN scope_schools AS p ON p.school_id = t.school_id
  WHERE t.value IS NOT NULL
)
SELECT
  s.scope_id AS scope_id,
  CAST(SUM(m.is_met) AS DOUBLE) AS numerator,
  CAST(COUNT(m.is_met) AS DOUBLE) AS denominator,
  CAST(SUM(m.is_met) AS DOUBLE) / NULLIF(COUNT(m.is_met), 0) AS value,
  CASE WHEN COUNT(m.is_met) = 0 THEN 'no_target' END AS reason
FROM (SELECT DISTINCT p.scope_id FROM scope_schools AS p) AS s
LEFT JOIN met AS m ON m.scope_id = s.scope_id
GROUP BY s.scope_id
