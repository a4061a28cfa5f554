SELECT
  p.school_id AS school_id,
  CAST(DATE_TRUNC('week', p."on") AS DATE) AS begins_on,
  CAST(SUM(CASE WHEN p.took_part THEN 1 ELSE 0 END) AS DOUBLE) AS numerator,
  CAST(COUNT(*) AS DOUBLE) AS denominator
FROM participation_checks AS p
JOIN memberships AS b ON b.student_id = p.student_id AND b.school_id = p.school_id
WHERE p."on" <= $as_of
GROUP BY p.school_id, CAST(DATE_TRUNC('week', p."on") AS DATE)
