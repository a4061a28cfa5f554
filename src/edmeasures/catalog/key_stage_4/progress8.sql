-- `extra` is the national standard deviation on which the interval of a school stands.
WITH estimated AS (
  SELECT p.student_id AS student_id, s.estimate AS estimate
  FROM prior_attainment AS p
  JOIN attainment_estimates AS s ON CAST(ROUND(s.ks2 * 10) AS BIGINT) = CAST(ROUND(p.ks2 * 10) AS BIGINT)
),
counted AS (
  SELECT
    b.membership_id AS membership_id,
    (k.english_points + k.maths_points + k.ebacc_points + k.open_points - t.estimate) / 10 AS progress,
    1 AS pupils,
    CASE WHEN t.student_id IS NULL THEN 0 ELSE 1 END AS estimated
  FROM ks4_pupils AS k
  JOIN memberships AS b ON b.student_id = k.student_id AND b.school_id = k.school_id
  LEFT JOIN estimated AS t ON t.student_id = k.student_id
)
SELECT
  m.scope_id AS scope_id,
  m.student_id AS student_id,
  MAX(c.progress) AS numerator,
  CAST(MAX(c.estimated) AS DOUBLE) AS denominator,
  MAX(c.progress) AS value,
  CAST(NULL AS BOOLEAN) AS flag,
  CASE
    WHEN MAX(c.estimated) = 1 THEN NULL
    WHEN MAX(c.estimated) = 0 THEN 'no_prior_score'
    WHEN MAX(COALESCE(r.n_rows, 0)) = 0 THEN 'source_not_received'
    ELSE 'no_exam_result'
  END AS reason,
  CASE WHEN MAX(c.estimated) = 1 THEN CAST($ks4_pupil_sd AS DOUBLE) END AS extra
FROM scope_members AS m
LEFT JOIN counted AS c ON c.membership_id = m.membership_id
LEFT JOIN sources_received AS r ON r.school_id = m.school_id AND r.source = 'exam_results'
GROUP BY m.scope_id, m.student_id
