-- The last recorded days of those who still belong to the school; who came later is read from their first day.
WITH windows AS (
  SELECT
    c.spell_id AS spell_id,
    c.membership_id AS membership_id,
    GREATEST(c.rank_before, c.last_rank - $recent_days) AS from_rank,
    c.last_rank - GREATEST(c.rank_before, c.last_rank - $recent_days) AS days
  FROM current_spells AS c
),
missed AS (
  SELECT w.membership_id AS membership_id, SUM(d.absent_units) AS absent_units
  FROM windows AS w
  JOIN absent_days AS d ON d.spell_id = w.spell_id AND d.recorded_rank > w.from_rank
  GROUP BY w.membership_id
)
SELECT
  m.scope_id AS scope_id,
  m.student_id AS student_id,
  SUM(w.days) - CAST(SUM(COALESCE(x.absent_units, 0)) AS DOUBLE) / $day_units AS numerator,
  CAST(SUM(w.days) AS DOUBLE) AS denominator,
  (SUM(w.days) - CAST(SUM(COALESCE(x.absent_units, 0)) AS DOUBLE) / $day_units) / NULLIF(SUM(w.days), 0) AS value,
  CAST(NULL AS BOOLEAN) AS flag,
  CASE
    WHEN COUNT(w.membership_id) = 0 THEN 'left_during_year'
    WHEN SUM(w.days) = 0 THEN 'source_not_received'
  END AS reason
FROM scope_members AS m
LEFT JOIN windows AS w ON w.membership_id = m.membership_id
LEFT JOIN missed AS x ON x.membership_id = m.membership_id
GROUP BY m.scope_id, m.student_id
