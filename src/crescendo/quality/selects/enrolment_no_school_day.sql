-- An enrolment that is over and had not one school day: a student who never came, or dates of the summer (P13, P15).
SELECT e.school_id, e.feed, e.student_id, e.id AS object_id, e.entry_on AS "on", '' AS detail, 1 AS n,
       e.exit_on < %(on)s AND NOT EXISTS (
           SELECT FROM days d WHERE d.school_id = e.school_id AND d."on" BETWEEN e.entry_on AND e.exit_on) AS fails
FROM spells e
WHERE e.school_id IN (SELECT DISTINCT school_id FROM days) AND e.exit_on IS NOT NULL
