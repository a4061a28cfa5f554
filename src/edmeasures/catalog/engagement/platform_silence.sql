-- Without any trace the silence began with the enrolment.
WITH heard AS (
  SELECT
    s.membership_id AS membership_id,
    MAX(s.ends_on) AS ends_on,
    MIN(s.begins_on) AS begins_on
  FROM spells AS s
  GROUP BY s.membership_id
)
SELECT
  m.scope_id AS scope_id,
  m.student_id AS student_id,
  CAST(MIN(DATE_DIFF('day', COALESCE(p.last_on, h.begins_on), $as_of)) AS DOUBLE) AS numerator,
  CAST($silent_days AS DOUBLE) AS denominator,
  CAST(MIN(DATE_DIFF('day', COALESCE(p.last_on, h.begins_on), $as_of)) AS DOUBLE) AS value,
  MIN(DATE_DIFF('day', COALESCE(p.last_on, h.begins_on), $as_of)) >= $silent_days AS flag,
  CASE
    WHEN MAX(COALESCE(r.n_rows, 0)) = 0 THEN 'source_not_received'
    WHEN COUNT(h.membership_id) = 0 THEN 'left_during_year'
  END AS reason
FROM scope_members AS m
LEFT JOIN heard AS h ON h.membership_id = m.membership_id AND h.ends_on = $as_of
LEFT JOIN platform_days AS p ON p.membership_id = h.membership_id
LEFT JOIN sources_received AS r ON r.school_id = m.school_id AND r.source = 'platform_activity'
GROUP BY m.scope_id, m.student_id
