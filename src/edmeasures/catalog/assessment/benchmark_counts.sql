-- The latest score of each subject on an assessment with a benchmark, and whether it is below. A score on the benchmark is
-- not below it. Autumn's screener no longer counts once winter's has been given; of one day, the lower score counts.
WITH screened AS (
  SELECT
    r.student_id AS student_id,
    r.school_id AS school_id,
    CASE WHEN r.score < a.benchmark THEN 1 ELSE 0 END AS is_below,
    ROW_NUMBER() OVER (
      PARTITION BY r.student_id, COALESCE(a.subject, '')
      ORDER BY r.given_on DESC, r.score - a.benchmark, r.assessment_id
    ) AS from_latest
  FROM latest_results AS r
  JOIN assessments AS a ON a.assessment_id = r.assessment_id AND a.benchmark IS NOT NULL
  WHERE r.score IS NOT NULL
)
SELECT b.membership_id AS membership_id, COUNT(*) AS scores, SUM(s.is_below) AS below
FROM screened AS s
JOIN memberships AS b ON b.student_id = s.student_id AND b.school_id = s.school_id
WHERE s.from_latest = 1
GROUP BY b.membership_id
