-- What each component earns by the cut table: the most points whose interval holds the value.
SELECT v.school_id AS school_id, v.component AS component, MAX(c.points) AS points
FROM component_values AS v
JOIN rating_cuts AS c
  ON c.component = v.component
  AND (c.lower IS NULL OR v.value >= c.lower)
  AND (c.upper IS NULL OR v.value <= c.upper)
WHERE v.value IS NOT NULL
GROUP BY v.school_id, v.component
