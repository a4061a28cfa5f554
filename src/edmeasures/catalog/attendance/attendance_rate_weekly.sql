WITH from_events AS (
  SELECT
    y.school_id AS school_id,
    CAST(DATE_TRUNC('week', y.day_on) AS DATE) AS begins_on,
    SUM(y.recorded_days - COALESCE(x.absent_days, 0)) * CASE $counting WHEN 'sessions' THEN 2 ELSE 1 END AS numerator,
    CAST(SUM(y.recorded_days) AS DOUBLE) * CASE $counting WHEN 'sessions' THEN 2 ELSE 1 END AS denominator
  FROM school_days AS y
  LEFT JOIN missed_by_day AS x ON x.school_id = y.school_id AND x.day_on = y.day_on
  LEFT JOIN sources_received AS k
    ON k.school_id = y.school_id AND k.source = 'attendance_marks' AND k.n_rows > 0 AND $counting = 'sessions'
  WHERE k.school_id IS NULL
  GROUP BY y.school_id, CAST(DATE_TRUNC('week', y.day_on) AS DATE)
),
from_registers AS (
  SELECT
    r.school_id AS school_id,
    CAST(DATE_TRUNC('week', r.day_on) AS DATE) AS begins_on,
    CAST(SUM(r.possible_sessions - r.authorised_sessions - r.unauthorised_sessions) AS DOUBLE) AS numerator,
    CAST(SUM(r.possible_sessions) AS DOUBLE) AS denominator
  FROM register_sessions AS r
  WHERE $counting = 'sessions'
  GROUP BY r.school_id, CAST(DATE_TRUNC('week', r.day_on) AS DATE)
)
SELECT e.school_id AS school_id, e.begins_on AS begins_on, e.numerator AS numerator, e.denominator AS denominator
FROM from_events AS e
UNION ALL
SELECT r.school_id AS school_id, r.begins_on AS begins_on, r.numerator AS numerator, r.denominator AS denominator
FROM from_registers AS r
