-- Removals out of school on days of membership, per student and school.
SELECT s.membership_id AS membership_id, COUNT(*) AS removals, SUM(v.days) AS days
FROM removals AS v
JOIN spells AS s
  ON s.student_id = v.student_id
  AND s.school_id = v.school_id
  AND s.begins_on <= v."on"
  AND s.ends_on >= v."on"
WHERE v.kind IN ('out_of_school', 'expulsion')
GROUP BY s.membership_id
