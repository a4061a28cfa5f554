-- A result that is filed under another school year than its day lies in (P33).
SELECT r.school_id, r.source AS feed, r.student_id, r.id AS object_id, r."on", '' AS detail, 1 AS n,
       r."on" NOT BETWEEN %(year_begins_on)s AND %(year_ends_on)s AS fails
FROM records_assessmentresult r
WHERE r.school_year = %(school_year)s
