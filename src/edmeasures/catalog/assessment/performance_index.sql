-- Each accountability test earns the points of its level.
WITH counted AS (
  SELECT b.membership_id AS membership_id, SUM(w.points) AS score, COUNT(*) AS scores
  FROM latest_results AS r
  JOIN memberships AS b ON b.student_id = r.student_id AND b.school_id = r.school_id
  JOIN assessments AS a ON a.assessment_id = r.assessment_id AND a.is_accountability
  JOIN level_weights AS w ON w.level = r.level_sequence
  WHERE r.level_sequence IS NOT NULL
  GROUP BY b.membership_id
)
SELECT
  m.scope_id AS scope_id,
  m.student_id AS student_id,
  CAST(SUM(c.score) AS DOUBLE) AS numerator,
  CAST(SUM(c.scores) AS DOUBLE) AS denominator,
  CAST(SUM(c.score) AS DOUBLE) / NULLIF(SUM(c.scores), 0) AS value,
  CAST(NULL AS BOOLEAN) AS flag,
  CASE
    WHEN SUM(c.scores) > 0 THEN NULL
    WHEN MAX(COALESCE(r.n_rows, 0)) = 0 THEN 'source_not_received'
    ELSE 'no_performance_level'
  END AS reason
FROM scope_members AS m
LEFT JOIN counted AS c ON c.membership_id = m.membership_id
LEFT JOIN sources_received AS r ON r.school_id = m.school_id AND r.source = 'assessment_results'
GROUP BY m.scope_id, m.student_id
