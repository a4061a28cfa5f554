-- Participation checks per student and school.
SELECT
  b.membership_id AS membership_id,
  COUNT(*) AS checks,
  SUM(CASE WHEN p.took_part THEN 1 ELSE 0 END) AS took_part
FROM participation_checks AS p
JOIN memberships AS b ON b.student_id = p.student_id AND b.school_id = p.school_id
WHERE p."on" <= $as_of
GROUP BY b.membership_id
