-- How many days each calendar taught and recorded up to the day of the run.
SELECT
  r.calendar_key AS calendar_key,
  MAX(r.taught_to) AS taught_in_all,
  MAX(r.recorded_to) AS recorded_in_all
FROM day_ranks AS r
GROUP BY r.calendar_key
