-- A name for each assessment's scale: two assessments share it when the lowest and the highest score are the same.
SELECT
  a.assessment_id AS assessment_id,
  CASE
    WHEN a.scale_min IS NULL OR a.scale_max IS NULL THEN CONCAT('assessment ', CAST(a.assessment_id AS VARCHAR))
    ELSE CONCAT(CAST(a.scale_min AS VARCHAR), ' to ', CAST(a.scale_max AS VARCHAR))
  END AS scale
FROM assessments AS a
