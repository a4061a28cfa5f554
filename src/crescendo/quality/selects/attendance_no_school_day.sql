-- An event on a day that no calendar of the school lists as a school day (P27). Schools without a calendar: another rule.
SELECT v.school_id, v.source AS feed, v.student_id, v.id AS object_id, v."on", '' AS detail, 1 AS n, d.school_id IS NULL AS fails
FROM records_attendanceevent v LEFT JOIN days d ON d.school_id = v.school_id AND d."on" = v."on"
WHERE v.school_year = %(school_year)s AND v.school_id IN (SELECT DISTINCT school_id FROM days)
