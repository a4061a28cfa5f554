-- Each student's points on a whole test.
SELECT
  a.scope_id AS scope_id,
  a.assessment_id AS assessment_id,
  a.student_id AS student_id,
  SUM(a.points) AS total,
  COUNT(*) AS items
FROM item_answers AS a
GROUP BY a.scope_id, a.assessment_id, a.student_id
