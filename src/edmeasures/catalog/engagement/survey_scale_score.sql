-- A scale's score is the mean of its answered items, from 0 to 1; a student's, the mean of the scales that were answered.
WITH asked AS (
  SELECT i.scale AS scale, COUNT(*) AS items FROM survey_items AS i GROUP BY i.scale
),
scales AS (
  SELECT
    a.membership_id AS membership_id,
    AVG(CAST(a.answer - a.lowest AS DOUBLE) / (a.highest - a.lowest)) AS score
  FROM turned_answers AS a
  JOIN asked AS k ON k.scale = a.scale
  GROUP BY a.membership_id, a.survey, a.scale
  HAVING COUNT(*) * $survey_minimum_whole >= MAX(k.items) * $survey_minimum_part
),
counted AS (
  SELECT s.membership_id AS membership_id, SUM(s.score) AS score, COUNT(*) AS scales
  FROM scales AS s
  GROUP BY s.membership_id
),
answered AS (
  SELECT a.membership_id AS membership_id, COUNT(*) AS answers FROM turned_answers AS a GROUP BY a.membership_id
)
SELECT
  m.scope_id AS scope_id,
  m.student_id AS student_id,
  SUM(c.score) AS numerator,
  CAST(SUM(c.scales) AS DOUBLE) AS denominator,
  SUM(c.score) / NULLIF(SUM(c.scales), 0) AS value,
  CAST(NULL AS BOOLEAN) AS flag,
  CASE
    WHEN SUM(c.scales) > 0 THEN NULL
    WHEN SUM(n.answers) > 0 THEN 'too_few_answers'
    ELSE 'no_answer'
  END AS reason
FROM scope_members AS m
LEFT JOIN counted AS c ON c.membership_id = m.membership_id
LEFT JOIN answered AS n ON n.membership_id = m.membership_id
GROUP BY m.scope_id, m.student_id
