-- One yes or no of each pupil, by number: 1 entered all pillars of the EBacc, 2 passed them all, 3 passed English and maths.
WITH counted AS (
  SELECT
    b.membership_id AS membership_id,
    CASE $ks4_outcome WHEN 1 THEN k.entered WHEN 2 THEN k.achieved ELSE k.basics END AS reached,
    1 AS pupils
  FROM ks4_pillars AS k
  JOIN memberships AS b ON b.student_id = k.student_id AND b.school_id = k.school_id
)
SELECT
  m.scope_id AS scope_id,
  m.student_id AS student_id,
  CAST(MAX(c.reached) AS DOUBLE) AS numerator,
  CAST(MAX(c.pupils) AS DOUBLE) AS denominator,
  CAST(MAX(c.reached) AS DOUBLE) AS value,
  MAX(c.reached) = 1 AS flag,
  CASE
    WHEN SUM(c.pupils) > 0 THEN NULL
    WHEN MAX(COALESCE(r.n_rows, 0)) = 0 THEN 'source_not_received'
    ELSE 'no_exam_result'
  END AS reason
FROM scope_members AS m
LEFT JOIN counted AS c ON c.membership_id = m.membership_id
LEFT JOIN sources_received AS r ON r.school_id = m.school_id AND r.source = 'exam_results'
GROUP BY m.scope_id, m.student_id
