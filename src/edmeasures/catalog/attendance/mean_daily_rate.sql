-- Each recorded day has a rate; this is their mean, so that a day with few members weighs as much as one with many.
WITH daily AS (
  SELECT
    p.scope_id AS scope_id,
    y.day_on AS day_on,
    (SUM(y.recorded_days) - SUM(COALESCE(x.absent_days, 0))) / SUM(y.recorded_days) AS rate
  FROM school_days AS y
  JOIN scope_schools AS p ON p.school_id = y.school_id
  LEFT JOIN missed_by_day AS x ON x.school_id = y.school_id AND x.day_on = y.day_on
  WHERE y.recorded_days > 0
  GROUP BY p.scope_id, y.day_on
)
SELECT
  p.scope_id AS scope_id,
  SUM(d.rate) AS numerator,
  CAST(COUNT(d.rate) AS DOUBLE) AS denominator,
  AVG(d.rate) AS value,
  CASE WHEN COUNT(d.rate) = 0 THEN 'source_not_received' END AS reason
FROM (SELECT DISTINCT c.scope_id FROM scope_schools AS c) AS p
LEFT JOIN daily AS d ON d.scope_id = p.scope_id
GROUP BY p.scope_id
