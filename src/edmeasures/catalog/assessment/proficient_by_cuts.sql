-- A score on a cut belongs to the level above it.
WITH levels AS (
  SELECT
    r.student_id AS student_id,
    r.school_id AS school_id,
    r.assessment_id AS assessment_id,
    MAX(CASE WHEN r.score >= k.lower THEN k.level ELSE 1 END) AS level
  FROM latest_results AS r
  JOIN student_grades AS g ON g.student_id = r.student_id
  JOIN assessment_cuts AS k ON k.assessment_id = r.assessment_id AND k.grade_level = g.grade_level
  WHERE r.score IS NOT NULL
  GROUP BY r.student_id, r.school_id, r.assessment_id
),
counted AS (
  SELECT
    b.membership_id AS membership_id,
    COUNT(*) AS scores,
    SUM(CASE WHEN l.level >= $proficient_level THEN 1 ELSE 0 END) AS proficient
  FROM levels AS l
  JOIN memberships AS b ON b.student_id = l.student_id AND b.school_id = l.school_id
  GROUP BY b.membership_id
)
SELECT
  m.scope_id AS scope_id,
  m.student_id AS student_id,
  CAST(SUM(c.proficient) AS DOUBLE) AS numerator,
  CAST(SUM(c.scores) AS DOUBLE) AS denominator,
  CAST(SUM(c.proficient) AS DOUBLE) / NULLIF(SUM(c.scores), 0) AS value,
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
