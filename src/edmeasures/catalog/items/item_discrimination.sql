-- Correlation of an item with the rest of its test, the item itself taken out of the total.
WITH pairs AS (
  SELECT
    a.scope_id AS scope_id,
    a.item_id AS item_id,
    a.points AS x,
    t.total - a.points AS y
  FROM item_answers AS a
  JOIN item_totals AS t
    ON t.scope_id = a.scope_id AND t.assessment_id = a.assessment_id AND t.student_id = a.student_id
),
summed AS (
  SELECT
    p.scope_id AS scope_id,
    p.item_id AS item_id,
    COUNT(*) AS n,
    COUNT(*) * SUM(p.x * p.y) - SUM(p.x) * SUM(p.y) AS xy,
    COUNT(*) * SUM(p.x * p.x) - SUM(p.x) * SUM(p.x) AS xx,
    COUNT(*) * SUM(p.y * p.y) - SUM(p.y) * SUM(p.y) AS yy
  FROM pairs AS p
  GROUP BY p.scope_id, p.item_id
)
SELECT
  s.scope_id AS scope_id,
  s.item_id AS student_id,
  s.xy / NULLIF(SQRT(GREATEST(s.xx, 0)) * SQRT(GREATEST(s.yy, 0)), 0) AS numerator,
  CAST(s.n AS DOUBLE) AS denominator,
  s.xy / NULLIF(SQRT(GREATEST(s.xx, 0)) * SQRT(GREATEST(s.yy, 0)), 0) AS value,
  CAST(NULL AS BOOLEAN) AS flag,
  CASE WHEN s.xx > 0 AND s.yy > 0 THEN NULL ELSE 'no_spread' END AS reason
FROM summed AS s
