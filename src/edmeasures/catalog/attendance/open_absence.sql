-- A run of absent days that reaches the last recorded day, of students who still belong to the school.
WITH open_runs AS (
  SELECT
    c.membership_id AS membership_id,
    MAX(CASE WHEN k.last_rank = c.last_rank THEN k.last ELSE 0 END) AS days,
    MAX(c.last_rank - c.rank_before) AS recorded_days
  FROM current_spells AS c
  LEFT JOIN streaks AS k ON k.membership_id = c.membership_id
  GROUP BY c.membership_id
)
SELECT
  m.scope_id AS scope_id,
  m.student_id AS student_id,
  CAST(COALESCE(MAX(o.days), 0) AS DOUBLE) AS numerator,
  CAST($streak_days AS DOUBLE) AS denominator,
  CAST(COALESCE(MAX(o.days), 0) AS DOUBLE) AS value,
  COALESCE(MAX(o.days), 0) >= $streak_days AS flag,
  CASE
    WHEN COUNT(o.membership_id) = 0 THEN 'left_during_year'
    WHEN MAX(o.recorded_days) = 0 THEN 'source_not_received'
  END AS reason
FROM scope_members AS m
LEFT JOIN open_runs AS o ON o.membership_id = m.membership_id
GROUP BY m.scope_id, m.student_id
