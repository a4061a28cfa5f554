-- Recorded activities per student and school.
SELECT b.membership_id AS membership_id, COUNT(*) AS activities
FROM activity_events AS a
JOIN memberships AS b ON b.student_id = a.student_id AND b.school_id = a.school_id
WHERE a."on" <= $as_of
GROUP BY b.membership_id
