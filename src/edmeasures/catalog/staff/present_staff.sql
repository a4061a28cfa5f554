-- Teachers of each scope on the day of the run; of several assignments the shares add up, and the best known is taken.
SELECT
  p.scope_id AS scope_id,
  a.staff_id AS staff_id,
  SUM(COALESCE(a.fte, 1)) AS fte,
  MAX(CASE WHEN a.is_qualified THEN 1 WHEN NOT a.is_qualified THEN 0 END) AS is_qualified,
  MAX(a.years_experience) AS years_experience
FROM staff_assignments AS a
JOIN scope_schools AS p ON p.school_id = a.school_id
WHERE a.role = 'teacher' AND a.begins_on <= $as_of AND (a.ends_on IS NULL OR a.ends_on >= $as_of)
GROUP BY p.scope_id, a.staff_id
