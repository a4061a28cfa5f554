-- Points of the components by weight. The weight of a component without a value goes to the one it names, and on along that
-- path for three steps; where the path ends, it falls away.
WITH asked AS (
  SELECT
    v.school_id AS school_id,
    w.component AS component,
    w.weight AS weight,
    w.goes_to AS first_heir,
    x.goes_to AS second_heir,
    y.goes_to AS third_heir
  FROM (SELECT DISTINCT c.school_id FROM component_values AS c) AS v
  CROSS JOIN rating_weights AS w
  LEFT JOIN rating_weights AS x ON x.component = w.goes_to
  LEFT JOIN rating_weights AS y ON y.component = x.goes_to
),
weighed AS (
  SELECT
    p.scope_id AS scope_id,
    a.weight AS weight,
    COALESCE(k.points, f.points, g.points, h.points) AS points
  FROM asked AS a
  JOIN scope_schools AS p ON p.school_id = a.school_id
  LEFT JOIN component_points AS k ON k.school_id = a.school_id AND k.component = a.component
  LEFT JOIN component_points AS f ON f.school_id = a.school_id AND f.component = a.first_heir
  LEFT JOIN component_points AS g ON g.school_id = a.school_id AND g.component = a.second_heir
  LEFT JOIN component_points AS h ON h.school_id = a.school_id AND h.component = a.third_heir
)
SELECT
  s.scope_id AS scope_id,
  SUM(w.weight * w.points) AS numerator,
  CAST(SUM(CASE WHEN w.points IS NULL THEN 0 ELSE w.weight END) AS DOUBLE) AS denominator,
  SUM(w.weight * w.points) / NULLIF(SUM(CASE WHEN w.points IS NULL THEN 0 ELSE w.weight END), 0) AS value,
  CASE WHEN COUNT(w.points) = 0 THEN 'no_component' END AS reason
FROM (SELECT DISTINCT p.scope_id FROM scope_schools AS p) AS s
LEFT JOIN weighed AS w ON w.scope_id = s.scope_id
GROUP BY s.scope_id
