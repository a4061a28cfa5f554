-- The first recorded days of the calendar; a day is absent when less than half of it was attended.
WITH early AS (
  SELECT s.membership_id AS membership_id, COUNT(*) AS days
  FROM absent_days AS d
  JOIN spells AS s ON s.spell_id = d.spell_id
  WHERE d.recorded_rank <= $early_days AND 2 * d.absent_units > $day_units
  GROUP BY s.membership_id
)
SELECT
  m.scope_id AS scope_id,
  m.student_id AS student_id,
  CAST(SUM(COALESCE(e.days, 0)) AS DOUBLE) AS numerator,
  CAST($early_days AS DOUBLE) AS denominator,
  CAST(SUM(COALESCE(e.days, 0)) AS DOUBLE) AS value,
  SUM(COALESCE(e.days, 0)) >= $early_absences AS flag,
  CASE
    WHEN SUM(b.member_days) = 0 THEN 'no_instructional_days'
    WHEN SUM(b.recorded_days) = 0 THEN 'source_not_received'
    WHEN SUM(COALESCE(e.days, 0)) >= $early_absences THEN NULL
    WHEN SUM(b.recorded_days) < $early_days THEN 'too_few_recorded_days'
  END AS reason
FROM scope_members AS m
JOIN memberships AS b ON b.membership_id = m.membership_id
LEFT JOIN early AS e ON e.membership_id = m.membership_id
GROUP BY m.scope_id, m.student_id
