WITH counted AS (
  SELECT
    b.membership_id AS membership_id,
    COUNT(*) AS records,
    SUM(CASE WHEN r.status = 'exempt' THEN 1 ELSE 0 END) AS exempt
  FROM latest_results AS r
  JOIN assessments AS a ON a.assessment_id = r.assessment_id AND a.is_accountability
  JOIN memberships AS b ON b.student_id = r.student_id AND b.school_id = r.school_id
  GROUP BY b.membership_id
)
SELECT
  m.scope_id AS scope_id,
  m.student_id AS student_id,
  CAST(SUM(c.exempt) AS DOUBLE) AS numerator,
  CAST(SUM(c.records) AS DOUBLE) AS denominator,
  CAST(SUM(c.exempt) AS DOUBLE) / NULLIF(SUM(c.records), 0) AS value,
  CAST(NULL AS BOOLEAN) AS flag,
  CASE
    WHEN SUM(c.records) > 0 THEN NULL
    WHEN MAX(COALESCE(r.n_rows, 0)) = 0 THEN 'source_not_received'
    ELSE 'no_test_yet'
  END AS reason
FROM scope_members AS m
LEFT JOIN counted AS c ON c.membership_id = m.membership_id
LEFT JOIN sources_received AS r ON r.school_id = m.school_id AND r.source = 'assessment_results'
GROUP BY m.scope_id, m.student_id
