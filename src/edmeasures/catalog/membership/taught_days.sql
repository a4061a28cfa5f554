-- The days each calendar taught, up to the day of the run.
SELECT k.calendar_key AS calendar_key, d."on" AS day_on
FROM calendar_days AS d
JOIN calendars AS k
  ON k.school_id = d.school_id AND k.calendar_id IS NOT DISTINCT FROM d.calendar_id
WHERE d.is_instructional AND d."on" <= $as_of
