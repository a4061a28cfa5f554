-- `extra` holds the tests expected: a group's denominator is at least the pack's participation floor of their sum.
SELECT
  t.scope_id AS scope_id,
  t.student_id AS student_id,
  CAST(t.proficient AS DOUBLE) AS numerator,
  CAST(t.levelled AS DOUBLE) AS denominator,
  CAST(t.proficient AS DOUBLE) / NULLIF(t.levelled, 0) AS value,
  CAST(NULL AS BOOLEAN) AS flag,
  CASE
    WHEN t.levelled > 0 THEN NULL
    WHEN t.expected > 0 AND t.tested > 0 THEN 'no_performance_level'
    WHEN t.expected > 0 THEN 'not_tested'
    WHEN g.assessments_given > 0 AND g.tests_given = 0 THEN 'no_test_yet'
    WHEN t.n_received = 0 THEN 'source_not_received'
    ELSE 'not_in_tested_grades'
  END AS reason,
  CAST(t.expected AS DOUBLE) AS extra
FROM scope_tests AS t
CROSS JOIN tests_given AS g
