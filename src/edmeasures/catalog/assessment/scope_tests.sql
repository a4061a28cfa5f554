-- Accountability tests per student and scope.
SELECT
  m.scope_id AS scope_id,
  m.student_id AS student_id,
  SUM(t.expected) AS expected,
  SUM(t.tested) AS tested,
  SUM(t.levelled) AS levelled,
  SUM(t.proficient) AS proficient,
  SUM(t.score_sum) AS score_sum,
  SUM(t.scores) AS scores,
  MIN(t.lowest_scale) AS lowest_scale,
  MAX(t.highest_scale) AS highest_scale,
  MAX(COALESCE(r.n_rows, 0)) AS n_received
FROM scope_members AS m
LEFT JOIN test_counts AS t ON t.membership_id = m.membership_id
LEFT JOIN sources_received AS r ON r.school_id = m.school_id AND r.source = 'assessment_results'
GROUP BY m.scope_id, m.student_id
