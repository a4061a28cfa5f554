-- Accountability tests a student took or should have taken: a test given to more than half of the grade is expected of
-- everybody who was enrolled while it was given. A record without a score is expected; an exemption is not.
WITH due AS (
  SELECT
    g.student_id AS student_id,
    n.assessment_id AS assessment_id,
    s.school_id AS school_id,
    ROW_NUMBER() OVER (
      PARTITION BY g.student_id, n.assessment_id ORDER BY s.begins_on DESC, s.school_id
    ) AS from_latest
  FROM student_grades AS g
  JOIN assessment_norms AS n ON n.grade_level = g.grade_level AND n.is_expected
  JOIN assessments AS a ON a.assessment_id = n.assessment_id AND a.is_accountability
  JOIN spells AS s
    ON s.student_id = g.student_id AND s.begins_on <= n.last_on AND s.ends_on >= n.first_on
  LEFT JOIN latest_results AS r
    ON r.student_id = g.student_id AND r.assessment_id = n.assessment_id
  WHERE r.student_id IS NULL
)
SELECT
  r.student_id AS student_id,
  r.school_id AS school_id,
  r.assessment_id AS assessment_id,
  1 AS expected,
  CASE WHEN r.status = 'scored' THEN 1 ELSE 0 END AS tested,
  CASE WHEN r.is_proficient THEN 1 ELSE 0 END AS proficient,
  CASE WHEN r.is_proficient IS NULL THEN 0 ELSE 1 END AS levelled,
  r.score AS score
FROM latest_results AS r
JOIN assessments AS a ON a.assessment_id = r.assessment_id AND a.is_accountability
WHERE r.status <> 'exempt'
UNION ALL
SELECT
  d.student_id AS student_id,
  d.school_id AS school_id,
  d.assessment_id AS assessment_id,
  1 AS expected,
  0 AS tested,
  0 AS proficient,
  0 AS levelled,
  CAST(NULL AS DOUBLE) AS score
FROM due AS d
WHERE d.from_latest = 1
