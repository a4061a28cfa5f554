SELECT
  m.scope_id AS scope_id,
  m.student_id AS student_id,
  SUM(z.z_sum) AS numerator,
  CAST(SUM(z.scores) AS DOUBLE) AS denominator,
  SUM(z.z_sum) / NULLIF(SUM(z.scores), 0) AS value,
  CAST(NULL AS BOOLEAN) AS flag,
  CASE
    WHEN SUM(z.scores) > 0 THEN NULL
    WHEN SUM(t.scores) > 0 THEN 'no_norm'
    WHEN SUM(t.expected) > 0 THEN 'not_tested'
    WHEN MAX(g.assessments_given) > 0 AND MAX(g.tests_given) = 0 THEN 'no_test_yet'
    WHEN MAX(COALESCE(r.n_rows, 0)) = 0 THEN 'source_not_received'
    ELSE 'not_in_tested_grades'
  END AS reason
FROM scope_members AS m
CROSS JOIN tests_given AS g
LEFT JOIN z_scores AS z ON z.membership_id = m.membership_id
LEFT JOIN test_counts AS t ON t.membership_id = m.membership_id
LEFT JOIN sources_received AS r ON r.school_id = m.school_id AND r.source = 'assessment_results'
GROUP BY m.scope_id, m.student_id
