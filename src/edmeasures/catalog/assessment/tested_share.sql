SELECT
  t.scope_id AS scope_id,
  t.student_id AS student_id,
  CAST(t.tested AS DOUBLE) AS numerator,
  CAST(t.expected AS DOUBLE) AS denominator,
  CAST(t.tested AS DOUBLE) / NULLIF(t.expected, 0) AS value,
  CAST(NULL AS BOOLEAN) AS flag,
  CASE
    WHEN t.expected > 0 THEN NULL
    WHEN g.assessments_given > 0 AND g.tests_given = 0 THEN 'no_test_yet'
    WHEN t.n_received = 0 THEN 'source_not_received'
    ELSE 'not_in_tested_grades'
  END AS reason
FROM scope_tests AS t
CROSS JOIN tests_given AS g
