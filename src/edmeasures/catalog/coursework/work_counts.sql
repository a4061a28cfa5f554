-- Due work per student and school.
SELECT
  b.membership_id AS membership_id,
  SUM(w.due) AS due,
  SUM(w.handed_in) AS handed_in,
  SUM(w.lateness_known) AS lateness_known,
  SUM(w.late) AS late
FROM due_work AS w
JOIN memberships AS b ON b.student_id = w.student_id AND b.school_id = w.school_id
GROUP BY b.membership_id
