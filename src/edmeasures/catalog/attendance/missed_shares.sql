-- Every missed share of a recorded day of membership, as a whole number of small parts of a day, so that sums and
-- boundaries are exact. A missed session of a register is half a day.
SELECT
  s.spell_id AS spell_id,
  e."on" AS day_on,
  r.recorded_to AS recorded_rank,
  CAST(ROUND(e.absent_share * $day_units) AS BIGINT) AS absent_units
FROM attendance_events AS e
JOIN spells AS s
  ON s.student_id = e.student_id
  AND s.school_id = e.school_id
  AND s.begins_on <= e."on"
  AND s.ends_on >= e."on"
JOIN day_ranks AS r
  ON r.calendar_key = s.calendar_key AND r.day_on = e."on" AND r.is_recorded = 1
WHERE e.absent_share > 0 AND e.category IN ($absence_categories)
UNION ALL
SELECT
  g.spell_id AS spell_id,
  g.day_on AS day_on,
  r.recorded_to AS recorded_rank,
  (g.authorised_sessions + g.unauthorised_sessions) * $half_day_units AS absent_units
FROM register_sessions AS g
JOIN spells AS s ON s.spell_id = g.spell_id
JOIN day_ranks AS r
  ON r.calendar_key = s.calendar_key AND r.day_on = g.day_on AND r.is_recorded = 1
WHERE g.authorised_sessions + g.unauthorised_sessions > 0
