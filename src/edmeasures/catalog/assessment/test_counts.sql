-- Accountability tests per student and school. The scale is named by its two ends; unnamed ends make a scale of its own.
SELECT
  b.membership_id AS membership_id,
  SUM(t.expected) AS expected,
  SUM(t.tested) AS tested,
  SUM(t.levelled) AS levelled,
  SUM(t.proficient) AS proficient,
  SUM(t.score) AS score_sum,
  COUNT(t.score) AS scores,
  MIN(CASE WHEN t.score IS NOT NULL THEN k.scale END) AS lowest_scale,
  MAX(CASE WHEN t.score IS NOT NULL THEN k.scale END) AS highest_scale
FROM expected_tests AS t
JOIN memberships AS b ON b.student_id = t.student_id AND b.school_id = t.school_id
JOIN assessment_scales AS k ON k.assessment_id = t.assessment_id
GROUP BY b.membership_id
