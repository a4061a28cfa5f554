-- Every date of the year by calendar: is it taught, is it recorded, and how many such days there were up to it.
-- Two look-ups here replace a row per student and day (D5).
WITH taught AS (
  SELECT DISTINCT k.calendar_key, d."on" AS taught_on
  FROM calendar_days AS d
  JOIN calendars AS k
    ON k.school_id = d.school_id AND k.calendar_id IS NOT DISTINCT FROM d.calendar_id
  WHERE d.is_instructional AND d."on" <= $as_of
),
submitted AS (
  SELECT DISTINCT s.school_id, s."on" AS submitted_on FROM attendance_submissions AS s
),
submitting AS (
  SELECT DISTINCT s.school_id FROM attendance_submissions AS s
),
flagged AS (
  SELECT
    k.calendar_key AS calendar_key,
    k.school_id AS school_id,
    y."on" AS day_on,
    CASE WHEN t.taught_on IS NULL THEN 0 ELSE 1 END AS is_taught,
    CASE
      WHEN t.taught_on IS NULL THEN 0
      WHEN s.submitted_on IS NOT NULL THEN 1
      WHEN $assume_recorded AND g.school_id IS NULL THEN 1
      ELSE 0
    END AS is_recorded
  FROM calendars AS k
  CROSS JOIN days AS y
  LEFT JOIN taught AS t ON t.calendar_key = k.calendar_key AND t.taught_on = y."on"
  LEFT JOIN submitted AS s ON s.school_id = k.school_id AND s.submitted_on = y."on"
  LEFT JOIN submitting AS g ON g.school_id = k.school_id
)
SELECT
  f.calendar_key AS calendar_key,
  f.school_id AS school_id,
  f.day_on AS day_on,
  f.is_taught AS is_taught,
  f.is_recorded AS is_recorded,
  CAST(SUM(f.is_taught) OVER (
    PARTITION BY f.calendar_key ORDER BY f.day_on ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
  ) AS BIGINT) AS taught_to,
  CAST(SUM(f.is_recorded) OVER (
    PARTITION BY f.calendar_key ORDER BY f.day_on ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
  ) AS BIGINT) AS recorded_to
FROM flagged AS f
