-- The days each calendar's school is known to have sent, and the schools that sent anything at all.
SELECT k.calendar_key AS calendar_key, s."on" AS day_on
FROM attendance_submissions AS s
JOIN calendars AS k ON k.school_id = s.school_id
