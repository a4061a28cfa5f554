-- The target is the baseline and an equal part of the way to the cut for each year left; multiplied out, never divided.
-- Who stood above the cut has to stay there.
WITH counted AS (
  SELECT
    b.membership_id AS membership_id,
    COUNT(*) AS results,
    SUM(CASE
      WHEN g.baseline >= g.cut AND g.score >= g.cut THEN 1
      WHEN g.baseline < g.cut AND (g.score - g.baseline) * g.years_left >= g.cut - g.baseline THEN 1
      ELSE 0
    END) AS met
  FROM growth_targets AS g
  JOIN memberships AS b ON b.student_id = g.student_id AND b.school_id = g.school_id
  WHERE g.score IS NOT NULL AND g.years_left >= 1
  GROUP BY b.membership_id
)
SELECT
  m.scope_id AS scope_id,
  m.student_id AS student_id,
  CAST(SUM(c.met) AS DOUBLE) AS numerator,
  CAST(SUM(c.results) AS DOUBLE) AS denominator,
  CAST(SUM(c.met) AS DOUBLE) / NULLIF(SUM(c.results), 0) AS value,
  CAST(NULL AS BOOLEAN) AS flag,
  CASE
    WHEN SUM(c.results) > 0 THEN NULL
    WHEN MAX(COALESCE(r.n_rows, 0)) = 0 THEN 'source_not_received'
    ELSE 'no_growth_target'
  END AS reason
FROM scope_members AS m
LEFT JOIN counted AS c ON c.membership_id = m.membership_id
LEFT JOIN sources_received AS r ON r.school_id = m.school_id AND r.source = 'growth_targets'
GROUP BY m.scope_id, m.student_id
