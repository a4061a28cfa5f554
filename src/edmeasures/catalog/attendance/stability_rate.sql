-- Of those who were there when the year began: who stayed at one school without a break up to the day of the run.
WITH stays AS (
  SELECT
    b.membership_id AS membership_id,
    CASE WHEN b.taught_before < $mobility_grace_days THEN 1 ELSE 0 END AS began,
    CASE
      WHEN b.taught_before < $mobility_grace_days
        AND b.taught_to_end = b.taught_in_all
        AND b.member_days = b.taught_to_end - b.taught_before THEN 1
      ELSE 0
    END AS stayed
  FROM memberships AS b
  WHERE b.member_days > 0
)
SELECT
  m.scope_id AS scope_id,
  m.student_id AS student_id,
  CAST(MAX(s.stayed) AS DOUBLE) AS numerator,
  CAST(MAX(s.began) AS DOUBLE) AS denominator,
  CAST(MAX(s.stayed) AS DOUBLE) AS value,
  MAX(s.stayed) = 1 AS flag,
  CASE
    WHEN COUNT(s.membership_id) = 0 THEN 'no_instructional_days'
    WHEN MAX(s.began) = 0 THEN 'not_there_at_start'
  END AS reason
FROM scope_members AS m
LEFT JOIN stays AS s ON s.membership_id = m.membership_id
GROUP BY m.scope_id, m.student_id
