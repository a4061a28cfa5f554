-- Stretches of enrolment that last on the day of the run, with the rank of the last recorded day and of the day before
-- the stretch began.
SELECT
  s.spell_id AS spell_id,
  s.membership_id AS membership_id,
  r.recorded_to AS last_rank,
  b.recorded_to AS rank_before
FROM spells AS s
JOIN day_ranks AS r ON r.calendar_key = s.calendar_key AND r.day_on = s.last_day_on
JOIN day_ranks AS b
  ON b.calendar_key = s.calendar_key AND b.day_on = CAST(s.first_day_on - INTERVAL 1 DAY AS DATE)
WHERE s.ends_on = $as_of
