-- The latest evidence on each standard counts; of one day, the best.
WITH evidence AS (
  SELECT
    s.student_id AS student_id,
    s.school_id AS school_id,
    s.points AS points,
    s.points_possible AS points_possible,
    ROW_NUMBER() OVER (
      PARTITION BY s.student_id, s.school_id, s.standard_id
      ORDER BY s."on" DESC, CAST(s.points AS DOUBLE) / s.points_possible DESC, s.points DESC
    ) AS from_latest
  FROM standard_results AS s
  WHERE s."on" <= $as_of AND s.points_possible > 0
),
counted AS (
  SELECT
    b.membership_id AS membership_id,
    COUNT(*) AS standards,
    SUM(CASE
      WHEN $mastery_owns_boundary AND e.points * $mastery_whole >= $mastery_part * e.points_possible THEN 1
      WHEN NOT $mastery_owns_boundary AND e.points * $mastery_whole > $mastery_part * e.points_possible THEN 1
      ELSE 0
    END) AS mastered
  FROM evidence AS e
  JOIN memberships AS b ON b.student_id = e.student_id AND b.school_id = e.school_id
  WHERE e.from_latest = 1
  GROUP BY b.membership_id
)
SELECT
  m.scope_id AS scope_id,
  m.student_id AS student_id,
  CAST(SUM(c.mastered) AS DOUBLE) AS numerator,
  CAST(SUM(c.standards) AS DOUBLE) AS denominator,
  CAST(SUM(c.mastered) AS DOUBLE) / NULLIF(SUM(c.standards), 0) AS value,
  CAST(NULL AS BOOLEAN) AS flag,
  CASE
    WHEN SUM(c.standards) > 0 THEN NULL
    WHEN MAX(COALESCE(r.n_rows, 0)) = 0 THEN 'source_not_received'
    ELSE 'no_evidence'
  END AS reason
FROM scope_members AS m
LEFT JOIN counted AS c ON c.membership_id = m.membership_id
LEFT JOIN sources_received AS r ON r.school_id = m.school_id AND r.source = 'standard_results'
GROUP BY m.scope_id, m.student_id
