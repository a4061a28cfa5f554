WITH moves AS (
  SELECT
    b.membership_id AS membership_id,
    b.member_days AS member_days,
    CASE WHEN b.taught_before >= $mobility_grace_days THEN 1 ELSE 0 END
      + CASE WHEN b.taught_to_end < b.taught_in_all THEN 1 ELSE 0 END
      + CASE WHEN b.member_days < b.taught_to_end - b.taught_before THEN 1 ELSE 0 END AS moves
  FROM memberships AS b
)
SELECT
  m.scope_id AS scope_id,
  m.student_id AS student_id,
  CAST(SUM(CASE WHEN v.member_days > 0 THEN v.moves ELSE 0 END) AS DOUBLE) AS numerator,
  CAST(NULL AS DOUBLE) AS denominator,
  CAST(SUM(CASE WHEN v.member_days > 0 THEN v.moves ELSE 0 END) AS DOUBLE) AS value,
  SUM(CASE WHEN v.member_days > 0 THEN v.moves ELSE 0 END) > 0 AS flag,
  CASE WHEN SUM(v.member_days) = 0 THEN 'no_instructional_days' END AS reason
FROM scope_members AS m
JOIN moves AS v ON v.membership_id = m.membership_id
GROUP BY m.scope_id, m.student_id
