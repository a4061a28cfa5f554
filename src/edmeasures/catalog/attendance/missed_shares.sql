-- Every missed share as a whole number of small parts of a day, so that sums and boundaries are exact. The kernel adds
-- those of one recorded day of membership, at most to the whole day (edmeasures.intervals).
SELECT
  e.student_id AS student_id,
  e.school_id AS school_id,
  e."on" AS day_on,
  CAST(ROUND(e.absent_share * $day_units) AS BIGINT) AS absent_units
FROM attendance_events AS e
WHERE e.absent_share > 0 AND e.category IN ($absence_categories)
