-- Answers to items by scope; an item that was left out earns nothing.
SELECT
  p.scope_id AS scope_id,
  i.assessment_id AS assessment_id,
  i.item_id AS item_id,
  i.student_id AS student_id,
  COALESCE(i.points, 0) AS points,
  i.points_possible AS points_possible
FROM item_responses AS i
JOIN scope_schools AS p ON p.school_id = i.school_id
WHERE i."on" <= $as_of
