-- Missed time of each school on each day, in the pack's way of counting, in days.
SELECT
  s.school_id AS school_id,
  d.day_on AS day_on,
  CAST(SUM(CASE $counting
    WHEN 'decimal' THEN d.absent_units
    WHEN 'full_day' THEN CASE WHEN 2 * d.absent_units > $day_units THEN $day_units ELSE 0 END
    ELSE CASE
      WHEN 4 * d.absent_units >= 3 * $day_units THEN $day_units
      WHEN 4 * d.absent_units >= $day_units THEN $half_day_units
      ELSE 0
    END
  END) AS DOUBLE) / $day_units AS absent_days
FROM absent_days AS d
JOIN spells AS s ON s.spell_id = d.spell_id
GROUP BY s.school_id, d.day_on
