-- The name is the field's: the higher, the easier.
SELECT
  a.scope_id AS scope_id,
  a.item_id AS student_id,
  SUM(a.points) AS numerator,
  SUM(a.points_possible) AS denominator,
  SUM(a.points) / NULLIF(SUM(a.points_possible), 0) AS value,
  CAST(NULL AS BOOLEAN) AS flag,
  CASE WHEN SUM(a.points_possible) > 0 THEN NULL ELSE 'no_answer' END AS reason
FROM item_answers AS a
GROUP BY a.scope_id, a.item_id
