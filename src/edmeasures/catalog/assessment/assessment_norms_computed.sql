-- What scores are compared with: the students of one grade on one assessment, in these tables.
WITH enrolled AS (
  SELECT g.grade_level, COUNT(*) AS n_enrolled FROM student_grades AS g GROUP BY g.grade_level
),
given AS (
  SELECT
    r.assessment_id,
    g.grade_level,
    COUNT(*) AS n_recorded,
    COUNT(r.score) AS n_scored,
    AVG(r.score) AS mean,
    STDDEV_SAMP(r.score) AS sd,
    MIN(r.given_on) AS first_on,
    MAX(r.given_on) AS last_on
  FROM latest_results AS r
  JOIN student_grades AS g ON g.student_id = r.student_id
  GROUP BY r.assessment_id, g.grade_level
)
SELECT
  v.assessment_id AS assessment_id,
  v.grade_level AS grade_level,
  e.n_enrolled AS n_enrolled,
  v.n_recorded AS n_recorded,
  v.n_scored AS n_scored,
  v.mean AS mean,
  v.sd AS sd,
  v.first_on AS first_on,
  v.last_on AS last_on,
  2 * v.n_recorded > e.n_enrolled AS is_expected
FROM given AS v
JOIN enrolled AS e ON e.grade_level = v.grade_level
ORDER BY v.assessment_id, v.grade_level
