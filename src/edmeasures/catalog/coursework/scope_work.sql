-- Due work per student and scope.
SELECT
  m.scope_id AS scope_id,
  m.student_id AS student_id,
  SUM(w.due) AS due,
  SUM(w.handed_in) AS handed_in,
  SUM(w.lateness_known) AS lateness_known,
  SUM(w.late) AS late,
  MAX(COALESCE(r.n_rows, 0)) AS n_received
FROM scope_members AS m
LEFT JOIN work_counts AS w ON w.membership_id = m.membership_id
LEFT JOIN sources_received AS r ON r.school_id = m.school_id AND r.source = 'coursework_results'
GROUP BY m.scope_id, m.student_id
