-- By the level reached, or by the way made: four points for the double target, three for the target. The better counts.
WITH paths AS (
  SELECT
    t.school_id AS school_id,
    t.component AS component,
    CASE
      WHEN t.low_is_good = 1 AND t.value <= t.double_target THEN 4
      WHEN t.low_is_good = 0 AND t.value >= t.double_target THEN 4
      WHEN t.low_is_good = 1 AND t.value <= t.target THEN 3
      WHEN t.low_is_good = 0 AND t.value >= t.target THEN 3
      ELSE 0
    END AS points
  FROM component_targets AS t
  WHERE t.value IS NOT NULL
),
better AS (
  SELECT
    p.scope_id AS scope_id,
    GREATEST(c.points, COALESCE(w.points, 0)) AS points
  FROM component_points AS c
  JOIN scope_schools AS p ON p.school_id = c.school_id
  LEFT JOIN paths AS w ON w.school_id = c.school_id AND w.component = c.component
)
SELECT
  s.scope_id AS scope_id,
  CAST(SUM(b.points) AS DOUBLE) AS numerator,
  CAST(COUNT(b.points) AS DOUBLE) AS denominator,
  CAST(SUM(b.points) AS DOUBLE) / NULLIF(COUNT(b.points), 0) AS value,
  CASE WHEN COUNT(b.points) = 0 THEN 'no_component' END AS reason
FROM (SELECT DISTINCT p.scope_id FROM scope_schools AS p) AS s
LEFT JOIN better AS b ON b.scope_id = s.scope_id
GROUP BY s.scope_id
