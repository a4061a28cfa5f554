SELECT
  y.school_id AS school_id,
  CAST(DATE_TRUNC('week', y.day_on) AS DATE) AS begins_on,
  CAST(SUM(y.recorded_days) AS DOUBLE) AS numerator,
  CAST(SUM(y.member_days) AS DOUBLE) AS denominator
FROM school_days AS y
GROUP BY y.school_id, CAST(DATE_TRUNC('week', y.day_on) AS DATE)
