-- Due work per student, school and week of the due day, from one pass over the results.
-- Handed in: submitted or graded, and not marked missing or incomplete.
SELECT
  r.student_id AS student_id,
  r.school_id AS school_id,
  CAST(DATE_TRUNC('week', i.due_on) AS DATE) AS begins_on,
  COUNT(*) AS due,
  SUM(CASE
    WHEN r.status IN ('submitted', 'partially graded', 'fully graded')
      AND NOT COALESCE(r.is_missing, FALSE) AND NOT COALESCE(r.is_incomplete, FALSE) THEN 1
    ELSE 0
  END) AS handed_in,
  SUM(CASE
    WHEN r.status IN ('submitted', 'partially graded', 'fully graded')
      AND NOT COALESCE(r.is_missing, FALSE) AND r.is_late IS NOT NULL THEN 1
    ELSE 0
  END) AS lateness_known,
  SUM(CASE
    WHEN r.status IN ('submitted', 'partially graded', 'fully graded')
      AND NOT COALESCE(r.is_missing, FALSE) AND r.is_late THEN 1
    ELSE 0
  END) AS late
FROM coursework_results AS r
JOIN coursework_items AS i ON i.item_id = r.item_id AND i.due_on <= $as_of
WHERE r.status IN ('submitted', 'partially graded', 'fully graded', 'not submitted')
GROUP BY r.student_id, r.school_id, CAST(DATE_TRUNC('week', i.due_on) AS DATE)
