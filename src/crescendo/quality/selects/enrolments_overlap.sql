-- Two enrolments of one student at the same school on the same days: a duplicated entry (P12, P21).
SELECT e.school_id, e.feed, e.student_id, e.id AS object_id, e.entry_on AS "on", '' AS detail, 1 AS n,
       EXISTS (SELECT FROM spells o WHERE o.student_id = e.student_id AND o.school_id = e.school_id AND o.id <> e.id
               AND daterange(o.entry_on, o.exit_on, '[]') && daterange(e.entry_on, e.exit_on, '[]')) AS fails
FROM spells e
