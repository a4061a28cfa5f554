-- Days away out of the days the school taught while the teacher was assigned to it.
WITH taught AS (
  SELECT DISTINCT r.school_id AS school_id, r.day_on AS day_on FROM day_ranks AS r WHERE r.is_taught = 1
),
due AS (
  SELECT a.staff_id AS staff_id, a.school_id AS school_id, COUNT(DISTINCT t.day_on) AS days
  FROM staff_assignments AS a
  JOIN taught AS t
    ON t.school_id = a.school_id AND t.day_on >= a.begins_on AND (a.ends_on IS NULL OR t.day_on <= a.ends_on)
  WHERE a.role = 'teacher'
  GROUP BY a.staff_id, a.school_id
),
missed AS (
  SELECT v.staff_id AS staff_id, v.school_id AS school_id, SUM(v.absent_share) AS days
  FROM staff_absences AS v
  JOIN taught AS t ON t.school_id = v.school_id AND t.day_on = v."on"
  GROUP BY v.staff_id, v.school_id
)
SELECT
  p.scope_id AS scope_id,
  d.staff_id AS student_id,
  SUM(COALESCE(m.days, 0)) AS numerator,
  CAST(SUM(d.days) AS DOUBLE) AS denominator,
  SUM(COALESCE(m.days, 0)) / NULLIF(SUM(d.days), 0) AS value,
  CAST(NULL AS BOOLEAN) AS flag,
  CAST(NULL AS VARCHAR) AS reason
FROM due AS d
JOIN scope_schools AS p ON p.school_id = d.school_id
LEFT JOIN missed AS m ON m.staff_id = d.staff_id AND m.school_id = d.school_id
GROUP BY p.scope_id, d.staff_id
