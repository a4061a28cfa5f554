-- Absence per student and school in the three ways of counting: parts of a day, full days, sessions.
WITH counted AS (
  SELECT
    d.membership_id AS membership_id,
    d.absent_units AS absent_units,
    CASE WHEN 2 * d.absent_units > $day_units THEN 1 ELSE 0 END AS absent_full_days,
    CASE
      WHEN 4 * d.absent_units >= 3 * $day_units THEN 2
      WHEN 4 * d.absent_units >= $day_units THEN 1
      ELSE 0
    END AS absent_sessions,
    d.membership_share AS membership_share,
    d.recorded_in_all AS recorded_in_all
  FROM absent_days AS d
)
SELECT
  c.membership_id AS membership_id,
  CAST(SUM(c.absent_units) AS BIGINT) AS absent_units,
  CAST(SUM(c.absent_full_days) AS BIGINT) AS absent_full_days,
  CAST(SUM(c.absent_sessions) AS BIGINT) AS absent_sessions,
  SUM(c.membership_share * CASE $counting
    WHEN 'decimal' THEN CAST(c.absent_units AS DOUBLE) / $day_units
    WHEN 'full_day' THEN c.absent_full_days
    ELSE CAST(c.absent_sessions AS DOUBLE) / 2
  END) AS weighted_absent,
  SUM(c.membership_share * CASE $counting
    WHEN 'decimal' THEN CAST(c.absent_units AS DOUBLE) / $day_units
    WHEN 'full_day' THEN c.absent_full_days
    ELSE CAST(c.absent_sessions AS DOUBLE) / 2
  END / c.recorded_in_all) AS daily_absence
FROM counted AS c
GROUP BY c.membership_id
