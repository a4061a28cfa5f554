-- The norm of the season in which the score was reached; the margin itself is a need.
WITH compared AS (
  SELECT
    r.student_id AS student_id,
    r.school_id AS school_id,
    CASE WHEN r.score <= n.score - $norm_margin THEN 1 ELSE 0 END AS is_below
  FROM latest_results AS r
  JOIN student_grades AS g ON g.student_id = r.student_id
  JOIN norm_points AS n
    ON n.assessment_id = r.assessment_id
    AND n.grade_level = g.grade_level
    AND n.percentile = 50
    AND n.first_on <= r.given_on
    AND n.last_on >= r.given_on
  WHERE r.score IS NOT NULL
),
counted AS (
  SELECT b.membership_id AS membership_id, SUM(k.is_below) AS below, COUNT(*) AS scores
  FROM compared AS k
  JOIN memberships AS b ON b.student_id = k.student_id AND b.school_id = k.school_id
  GROUP BY b.membership_id
)
SELECT
  m.scope_id AS scope_id,
  m.student_id AS student_id,
  CAST(SUM(c.below) AS DOUBLE) AS numerator,
  CAST(SUM(c.scores) AS DOUBLE) AS denominator,
  CAST(SUM(c.below) AS DOUBLE) / NULLIF(SUM(c.scores), 0) AS value,
  SUM(c.below) > 0 AS flag,
  CASE
    WHEN SUM(c.scores) > 0 THEN NULL
    WHEN MAX(COALESCE(r.n_rows, 0)) = 0 THEN 'source_not_received'
    ELSE 'no_norm'
  END AS reason
FROM scope_members AS m
LEFT JOIN counted AS c ON c.membership_id = m.membership_id
LEFT JOIN sources_received AS r ON r.school_id = m.school_id AND r.source = 'assessment_results'
GROUP BY m.scope_id, m.student_id
