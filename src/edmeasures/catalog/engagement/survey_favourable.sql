WITH counted AS (
  SELECT
    a.membership_id AS membership_id,
    COUNT(*) AS answers,
    SUM(CASE WHEN a.answer >= a.favourable_from THEN 1 ELSE 0 END) AS favourable
  FROM turned_answers AS a
  GROUP BY a.membership_id
)
SELECT
  m.scope_id AS scope_id,
  m.student_id AS student_id,
  CAST(SUM(c.favourable) AS DOUBLE) AS numerator,
  CAST(SUM(c.answers) AS DOUBLE) AS denominator,
  CAST(SUM(c.favourable) AS DOUBLE) / NULLIF(SUM(c.answers), 0) AS value,
  CAST(NULL AS BOOLEAN) AS flag,
  CASE WHEN SUM(c.answers) > 0 THEN NULL ELSE 'no_answer' END AS reason
FROM scope_members AS m
LEFT JOIN counted AS c ON c.membership_id = m.membership_id
GROUP BY m.scope_id, m.student_id
