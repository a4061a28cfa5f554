-- One row per stretch of enrolment and day: missed shares of one day add up, at most to the whole day.
-- (Joined before, summed here: DuckDB would otherwise sum twice, below and above the join.)
SELECT
  m.spell_id AS spell_id,
  m.day_on AS day_on,
  m.recorded_rank AS recorded_rank,
  LEAST(CAST(SUM(m.absent_units) AS BIGINT), $day_units) AS absent_units
FROM missed_shares AS m
GROUP BY m.spell_id, m.day_on, m.recorded_rank
