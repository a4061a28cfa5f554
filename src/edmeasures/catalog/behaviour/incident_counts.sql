-- Incidents on days of membership, per student and school.
SELECT s.membership_id AS membership_id, COUNT(*) AS incidents
FROM behaviour_incidents AS i
JOIN spells AS s
  ON s.student_id = i.student_id
  AND s.school_id = i.school_id
  AND s.begins_on <= i."on"
  AND s.ends_on >= i."on"
GROUP BY s.membership_id
