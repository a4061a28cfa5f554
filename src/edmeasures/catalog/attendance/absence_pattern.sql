-- Missed time per student and school: in all, on Mondays and Fridays, and the days of it that were missed in part.
SELECT
  s.membership_id AS membership_id,
  SUM(d.absent_units) AS absent_units,
  SUM(CASE
    WHEN d.day_on = CAST(DATE_TRUNC('week', d.day_on) AS DATE) THEN d.absent_units
    WHEN CAST(d.day_on - INTERVAL 4 DAY AS DATE) = CAST(DATE_TRUNC('week', d.day_on) AS DATE) THEN d.absent_units
    ELSE 0
  END) AS edge_units,
  COUNT(*) AS days,
  SUM(CASE WHEN d.absent_units < $day_units THEN 1 ELSE 0 END) AS part_days
FROM absent_days AS d
JOIN spells AS s ON s.spell_id = d.spell_id
WHERE d.absent_units > 0
GROUP BY s.membership_id
