-- By the dates themselves: of the work that was due, what was in by the due day.
WITH counted AS (
  SELECT
    b.membership_id AS membership_id,
    COUNT(*) AS due,
    SUM(CASE WHEN w.submitted_on IS NULL THEN 0 ELSE 1 END) AS dated,
    SUM(CASE WHEN w.submitted_on <= i.due_on THEN 1 ELSE 0 END) AS on_time
  FROM coursework_results AS w
  JOIN coursework_items AS i ON i.item_id = w.item_id AND i.due_on <= $as_of
  JOIN memberships AS b ON b.student_id = w.student_id AND b.school_id = w.school_id
  WHERE w.status <> 'exempt'
  GROUP BY b.membership_id
)
SELECT
  m.scope_id AS scope_id,
  m.student_id AS student_id,
  CAST(SUM(c.on_time) AS DOUBLE) AS numerator,
  CAST(SUM(c.due) AS DOUBLE) AS denominator,
  CAST(SUM(c.on_time) AS DOUBLE) / NULLIF(SUM(c.due), 0) AS value,
  CAST(NULL AS BOOLEAN) AS flag,
  CASE
    WHEN SUM(c.dated) > 0 THEN NULL
    WHEN MAX(COALESCE(r.n_rows, 0)) = 0 THEN 'source_not_received'
    WHEN SUM(c.due) > 0 THEN 'lateness_not_recorded'
    ELSE 'no_due_work'
  END AS reason
FROM scope_members AS m
LEFT JOIN counted AS c ON c.membership_id = m.membership_id
LEFT JOIN sources_received AS r ON r.school_id = m.school_id AND r.source = 'coursework_results'
GROUP BY m.scope_id, m.student_id
