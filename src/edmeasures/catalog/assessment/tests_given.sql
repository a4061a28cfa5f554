-- One row: the assessments of the school year that anybody has a record of so far, and the accountability tests of them.
SELECT
  COUNT(*) AS assessments_given,
  COALESCE(SUM(CASE WHEN a.is_accountability THEN 1 ELSE 0 END), 0) AS tests_given
FROM (SELECT DISTINCT n.assessment_id FROM assessment_norms AS n) AS g
JOIN assessments AS a ON a.assessment_id = g.assessment_id
