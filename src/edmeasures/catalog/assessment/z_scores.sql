-- Standardised scores per student and school, against the grade's norm of the assessment.
SELECT
  b.membership_id AS membership_id,
  SUM((r.score - n.mean) / n.sd) AS z_sum,
  COUNT(*) AS scores
FROM latest_results AS r
JOIN student_grades AS g ON g.student_id = r.student_id
JOIN assessment_norms AS n ON n.assessment_id = r.assessment_id AND n.grade_level = g.grade_level
JOIN assessments AS a ON a.assessment_id = r.assessment_id AND a.is_accountability
JOIN memberships AS b ON b.student_id = r.student_id AND b.school_id = r.school_id
WHERE r.score IS NOT NULL AND n.sd > 0 AND n.n_scored >= 2
GROUP BY b.membership_id
