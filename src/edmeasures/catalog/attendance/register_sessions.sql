-- Sessions from registers: possible and missed, by the meaning of each mark in the rule pack.
SELECT
  s.spell_id AS spell_id,
  s.membership_id AS membership_id,
  s.school_id AS school_id,
  m."on" AS day_on,
  CAST(SUM(CASE WHEN c.kind = 'not_possible' THEN 0 ELSE 1 END) AS BIGINT) AS possible_sessions,
  CAST(SUM(CASE WHEN c.kind = 'authorised' THEN 1 ELSE 0 END) AS BIGINT) AS authorised_sessions,
  CAST(SUM(CASE WHEN c.kind = 'unauthorised' THEN 1 ELSE 0 END) AS BIGINT) AS unauthorised_sessions,
  CAST(SUM(CASE WHEN c.reason = 'late' THEN 1 ELSE 0 END) AS BIGINT) AS late_sessions,
  CAST(SUM(CASE WHEN c.reason = 'illness' THEN 1 ELSE 0 END) AS BIGINT) AS illness_sessions,
  CAST(SUM(CASE WHEN c.reason = 'part_time' THEN 1 ELSE 0 END) AS BIGINT) AS part_time_sessions
FROM attendance_marks AS m
JOIN spells AS s
  ON s.student_id = m.student_id
  AND s.school_id = m.school_id
  AND s.begins_on <= m."on"
  AND s.ends_on >= m."on"
JOIN day_ranks AS r
  ON r.calendar_key = s.calendar_key AND r.day_on = m."on" AND r.is_taught = 1
JOIN register_codes AS c ON c.code = m.code
GROUP BY s.spell_id, s.membership_id, s.school_id, m."on"
