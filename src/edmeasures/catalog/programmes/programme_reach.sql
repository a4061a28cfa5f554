WITH counted AS (
  SELECT
    b.membership_id AS membership_id,
    COUNT(*) AS needs,
    SUM(CASE WHEN p.student_id IS NULL THEN 0 ELSE 1 END) AS reached
  FROM (
    SELECT DISTINCT n.student_id, n.school_id, n.programme FROM programme_needs AS n WHERE n."on" <= $as_of
  ) AS d
  JOIN memberships AS b ON b.student_id = d.student_id AND b.school_id = d.school_id
  LEFT JOIN (
    SELECT DISTINCT q.student_id, q.school_id, q.programme FROM programme_places AS q WHERE q.begins_on <= $as_of
  ) AS p ON p.student_id = d.student_id AND p.school_id = d.school_id AND p.programme = d.programme
  GROUP BY b.membership_id
)
SELECT
  m.scope_id AS scope_id,
  m.student_id AS student_id,
  CAST(SUM(c.reached) AS DOUBLE) AS numerator,
  CAST(SUM(c.needs) AS DOUBLE) AS denominator,
  CAST(SUM(c.reached) AS DOUBLE) / NULLIF(SUM(c.needs), 0) AS value,
  CAST(NULL AS BOOLEAN) AS flag,
  CASE
    WHEN SUM(c.needs) > 0 THEN NULL
    WHEN MAX(COALESCE(r.n_rows, 0)) = 0 THEN 'source_not_received'
    ELSE 'no_need'
  END AS reason
FROM scope_members AS m
LEFT JOIN counted AS c ON c.membership_id = m.membership_id
LEFT JOIN sources_received AS r ON r.school_id = m.school_id AND r.source = 'programme_needs'
GROUP BY m.scope_id, m.student_id
