WITH counted AS (
  SELECT
    b.membership_id AS membership_id,
    COUNT(*) AS items,
    SUM(CASE WHEN i.points IS NULL THEN 1 ELSE 0 END) AS omitted
  FROM item_responses AS i
  JOIN memberships AS b ON b.student_id = i.student_id AND b.school_id = i.school_id
  WHERE i."on" <= $as_of
  GROUP BY b.membership_id
)
SELECT
  m.scope_id AS scope_id,
  m.student_id AS student_id,
  CAST(SUM(c.omitted) AS DOUBLE) AS numerator,
  CAST(SUM(c.items) AS DOUBLE) AS denominator,
  CAST(SUM(c.omitted) AS DOUBLE) / NULLIF(SUM(c.items), 0) AS value,
  CAST(NULL AS BOOLEAN) AS flag,
  CASE
    WHEN SUM(c.items) > 0 THEN NULL
    WHEN MAX(COALESCE(r.n_rows, 0)) = 0 THEN 'source_not_received'
    ELSE 'no_answer'
  END AS reason
FROM scope_members AS m
LEFT JOIN counted AS c ON c.membership_id = m.membership_id
LEFT JOIN sources_received AS r ON r.school_id = m.school_id AND r.source = 'item_responses'
GROUP BY m.scope_id, m.student_id
