-- The index read against its own cuts, which stand in the cut table as the component 'index'.
SELECT
  i.scope_id AS scope_id,
  MAX(i.value) AS numerator,
  MAX(c.points) AS value,
  CASE
    WHEN MAX(i.reason) IS NOT NULL THEN MAX(i.reason)
    WHEN COUNT(c.points) = 0 THEN 'no_component'
  END AS reason
FROM school_index AS i
LEFT JOIN rating_cuts AS c
  ON c.component = 'index' AND (c.lower IS NULL OR i.value >= c.lower) AND (c.upper IS NULL OR i.value <= c.upper)
GROUP BY i.scope_id
