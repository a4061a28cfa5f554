-- Absence per student and school in the three ways of counting: parts of a day, full days, sessions.
WITH by_spell AS (
  SELECT
    d.spell_id AS spell_id,
    CAST(SUM(d.absent_units) AS BIGINT) AS absent_units,
    CAST(SUM(CASE WHEN 2 * d.absent_units > $day_units THEN 1 ELSE 0 END) AS BIGINT) AS absent_full_days,
    CAST(SUM(CASE
      WHEN 4 * d.absent_units >= 3 * $day_units THEN 2
      WHEN 4 * d.absent_units >= $day_units THEN 1
      ELSE 0
    END) AS BIGINT) AS absent_sessions
  FROM absent_days AS d
  GROUP BY d.spell_id
),
weighed AS (
  SELECT
    s.membership_id AS membership_id,
    b.absent_units AS absent_units,
    b.absent_full_days AS absent_full_days,
    b.absent_sessions AS absent_sessions,
    s.membership_share * CASE $counting
      WHEN 'decimal' THEN CAST(b.absent_units AS DOUBLE) / $day_units
      WHEN 'full_day' THEN b.absent_full_days
      ELSE CAST(b.absent_sessions AS DOUBLE) / 2
    END AS weighted_absent,
    k.recorded_in_all AS recorded_in_all
  FROM by_spell AS b
  JOIN spells AS s ON s.spell_id = b.spell_id
  JOIN calendar_totals AS k ON k.calendar_key = s.calendar_key
)
SELECT
  w.membership_id AS membership_id,
  CAST(SUM(w.absent_units) AS BIGINT) AS absent_units,
  CAST(SUM(w.absent_full_days) AS BIGINT) AS absent_full_days,
  CAST(SUM(w.absent_sessions) AS BIGINT) AS absent_sessions,
  SUM(w.weighted_absent) AS weighted_absent,
  SUM(w.weighted_absent / w.recorded_in_all) AS daily_absence
FROM weighed AS w
GROUP BY w.membership_id
