SELECT
  w.school_id AS school_id,
  w.begins_on AS begins_on,
  CAST(SUM(w.handed_in) AS DOUBLE) AS numerator,
  CAST(SUM(w.due) AS DOUBLE) AS denominator
FROM due_work AS w
JOIN memberships AS b ON b.student_id = w.student_id AND b.school_id = w.school_id
GROUP BY w.school_id, w.begins_on
