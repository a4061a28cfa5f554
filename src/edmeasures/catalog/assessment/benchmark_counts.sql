-- Scores on assessments that have a benchmark, and those below it. A score on the benchmark is not below it.
SELECT
  b.membership_id AS membership_id,
  COUNT(*) AS scores,
  SUM(CASE WHEN r.score < a.benchmark THEN 1 ELSE 0 END) AS below
FROM latest_results AS r
JOIN assessments AS a ON a.assessment_id = r.assessment_id AND a.benchmark IS NOT NULL
JOIN memberships AS b ON b.student_id = r.student_id AND b.school_id = r.school_id
WHERE r.score IS NOT NULL
GROUP BY b.membership_id
