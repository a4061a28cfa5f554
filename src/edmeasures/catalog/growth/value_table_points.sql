WITH counted AS (
  SELECT b.membership_id AS membership_id, SUM(v.points) AS points, COUNT(*) AS results
  FROM level_changes AS g
  JOIN value_table AS v ON v.prior_level = g.prior_level AND v.level = g.level
  JOIN memberships AS b ON b.student_id = g.student_id AND b.school_id = g.school_id
  GROUP BY b.membership_id
)
SELECT
  m.scope_id AS scope_id,
  m.student_id AS student_id,
  CAST(SUM(c.points) AS DOUBLE) AS numerator,
  CAST(SUM(c.results) AS DOUBLE) AS denominator,
  CAST(SUM(c.points) AS DOUBLE) / NULLIF(SUM(c.results), 0) AS value,
  CAST(NULL AS BOOLEAN) AS flag,
  CASE
    WHEN SUM(c.results) > 0 THEN NULL
    WHEN MAX(COALESCE(r.n_rows, 0)) = 0 THEN 'source_not_received'
    ELSE 'no_prior_score'
  END AS reason
FROM scope_members AS m
LEFT JOIN counted AS c ON c.membership_id = m.membership_id
LEFT JOIN sources_received AS r ON r.school_id = m.school_id AND r.source = 'level_changes'
GROUP BY m.scope_id, m.student_id
