WITH answered AS (
  SELECT DISTINCT a.student_id AS student_id, a.school_id AS school_id, a.survey AS survey
  FROM survey_answers AS a
  WHERE a."on" <= $as_of
),
counted AS (
  SELECT
    b.membership_id AS membership_id,
    COUNT(*) AS invited,
    COUNT(a.survey) AS answered
  FROM (
    SELECT DISTINCT i.student_id, i.school_id, i.survey FROM survey_invitations AS i WHERE i."on" <= $as_of
  ) AS v
  JOIN memberships AS b ON b.student_id = v.student_id AND b.school_id = v.school_id
  LEFT JOIN answered AS a
    ON a.student_id = v.student_id AND a.school_id = v.school_id AND a.survey = v.survey
  GROUP BY b.membership_id
)
SELECT
  m.scope_id AS scope_id,
  m.student_id AS student_id,
  CAST(SUM(c.answered) AS DOUBLE) AS numerator,
  CAST(SUM(c.invited) AS DOUBLE) AS denominator,
  CAST(SUM(c.answered) AS DOUBLE) / NULLIF(SUM(c.invited), 0) AS value,
  CAST(NULL AS BOOLEAN) AS flag,
  CASE
    WHEN SUM(c.invited) > 0 THEN NULL
    WHEN MAX(COALESCE(r.n_rows, 0)) = 0 THEN 'source_not_received'
    ELSE 'not_invited'
  END AS reason
FROM scope_members AS m
LEFT JOIN counted AS c ON c.membership_id = m.membership_id
LEFT JOIN sources_received AS r ON r.school_id = m.school_id AND r.source = 'survey_invitations'
GROUP BY m.scope_id, m.student_id
