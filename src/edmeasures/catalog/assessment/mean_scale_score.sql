SELECT
  t.scope_id AS scope_id,
  t.student_id AS student_id,
  t.score_sum AS numerator,
  CAST(t.scores AS DOUBLE) AS denominator,
  t.score_sum / NULLIF(t.scores, 0) AS value,
  CAST(NULL AS BOOLEAN) AS flag,
  CASE
    WHEN t.scores > 0 AND t.lowest_scale <> t.highest_scale THEN 'several_scales'
    WHEN t.scores > 0 THEN NULL
    WHEN t.expected > 0 THEN 'not_tested'
    WHEN g.assessments_given > 0 AND g.tests_given = 0 THEN 'no_test_yet'
    WHEN t.n_received = 0 THEN 'source_not_received'
    ELSE 'not_in_tested_grades'
  END AS reason,
  CASE WHEN t.scores > 0 THEN t.lowest_scale END AS basis
FROM scope_tests AS t
CROSS JOIN tests_given AS g
