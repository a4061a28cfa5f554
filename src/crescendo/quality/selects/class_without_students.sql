-- A class with nobody in it: no register of it is ever complete (P23).
SELECT c.school_id, c.source AS feed, NULL::bigint AS student_id, c.id AS object_id, NULL::date AS "on", '' AS detail, 1 AS n,
       NOT EXISTS (SELECT FROM roster_classenrolment e WHERE e.school_class_id = c.id AND (e.ended_on IS NULL OR e.ended_on > e.begins_on)) AS fails
FROM roster_schoolclass c
WHERE c.school_year = %(school_year)s AND c.ended_on IS NULL
