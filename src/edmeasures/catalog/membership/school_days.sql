-- How many students belong to each school on each day: the arrivals up to it, less the departures before it.
WITH arrivals AS (
  SELECT s.calendar_key, s.first_day_on AS moved_on, COUNT(*) AS n
  FROM spells AS s
  WHERE s.first_day_on <= s.last_day_on
  GROUP BY s.calendar_key, s.first_day_on
),
departures AS (
  SELECT s.calendar_key, CAST(s.last_day_on + INTERVAL 1 DAY AS DATE) AS moved_on, COUNT(*) AS n
  FROM spells AS s
  WHERE s.first_day_on <= s.last_day_on
  GROUP BY s.calendar_key, s.last_day_on
),
daily AS (
  SELECT
    r.calendar_key AS calendar_key,
    r.school_id AS school_id,
    r.day_on AS day_on,
    r.is_taught AS is_taught,
    r.is_recorded AS is_recorded,
    SUM(COALESCE(a.n, 0) - COALESCE(d.n, 0)) OVER (
      PARTITION BY r.calendar_key ORDER BY r.day_on ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS members
  FROM day_ranks AS r
  LEFT JOIN arrivals AS a ON a.calendar_key = r.calendar_key AND a.moved_on = r.day_on
  LEFT JOIN departures AS d ON d.calendar_key = r.calendar_key AND d.moved_on = r.day_on
)
SELECT
  d.school_id AS school_id,
  d.day_on AS day_on,
  CAST(SUM(d.members * d.is_taught) AS BIGINT) AS member_days,
  CAST(SUM(d.members * d.is_recorded) AS BIGINT) AS recorded_days
FROM daily AS d
WHERE d.is_taught = 1
GROUP BY d.school_id, d.day_on
