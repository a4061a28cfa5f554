-- One row per student, school and day with an absence on a recorded day of membership. Missed shares of one day add up,
-- at most to the whole day. Shares are whole numbers of small parts, so that sums and boundaries are exact.
-- A missed session of a register is half a day.
WITH missed AS (
  SELECT
    s.membership_id AS membership_id,
    s.calendar_key AS calendar_key,
    s.membership_share AS membership_share,
    e."on" AS day_on,
    CAST(ROUND(e.absent_share * $day_units) AS BIGINT) AS absent_units
  FROM attendance_events AS e
  JOIN spells AS s
    ON s.student_id = e.student_id
    AND s.school_id = e.school_id
    AND s.begins_on <= e."on"
    AND s.ends_on >= e."on"
  WHERE e.absent_share > 0 AND e.category IN ($absence_categories)
  UNION ALL
  SELECT
    g.membership_id AS membership_id,
    g.calendar_key AS calendar_key,
    g.membership_share AS membership_share,
    g.day_on AS day_on,
    (g.authorised_sessions + g.unauthorised_sessions) * $half_day_units AS absent_units
  FROM register_sessions AS g
  WHERE g.authorised_sessions + g.unauthorised_sessions > 0
)
SELECT
  m.membership_id AS membership_id,
  m.calendar_key AS calendar_key,
  r.school_id AS school_id,
  m.day_on AS day_on,
  r.recorded_to AS recorded_rank,
  MAX(m.membership_share) AS membership_share,
  MAX(r.recorded_in_all) AS recorded_in_all,
  LEAST(CAST(SUM(m.absent_units) AS BIGINT), $day_units) AS absent_units
FROM missed AS m
JOIN day_ranks AS r
  ON r.calendar_key = m.calendar_key AND r.day_on = m.day_on AND r.is_recorded = 1
GROUP BY m.membership_id, m.calendar_key, r.school_id, m.day_on, r.recorded_to
