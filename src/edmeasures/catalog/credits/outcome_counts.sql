-- Decided courses, failures and credits per student and school.
SELECT
  b.membership_id AS membership_id,
  SUM(CASE WHEN o.passed IS NULL THEN 0 ELSE 1 END) AS decided,
  SUM(CASE WHEN NOT o.passed THEN 1 ELSE 0 END) AS failed,
  SUM(CASE WHEN NOT o.passed AND o.is_core THEN 1 ELSE 0 END) AS core_failed,
  SUM(COALESCE(o.credits_attempted, 0)) AS attempted,
  SUM(COALESCE(o.credits_earned, 0)) AS earned,
  COUNT(*) AS outcomes
FROM course_outcomes AS o
JOIN memberships AS b ON b.student_id = o.student_id AND b.school_id = o.school_id
WHERE o."on" <= $as_of
GROUP BY b.membership_id
