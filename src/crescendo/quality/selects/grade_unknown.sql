-- A grade that is none of the common ones: CEDS, numbers with or without a zero in front, Reception and nursery (P20).
SELECT e.school_id, e.feed, e.student_id, e.id AS object_id, e.entry_on AS "on", e.grade_level AS detail, 1 AS n,
       upper(e.grade_level) !~ '^(0?[1-9]|1[0-4]|IT|PR|PK|PS|PPK|TK|K|KG|UG|UNGRADED|AE|ABE|R|RECEPTION|N1|N2)$' AS fails
FROM spells e
WHERE e.grade_level <> ''
