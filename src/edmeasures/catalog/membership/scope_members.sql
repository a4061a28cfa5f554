-- A scope is a set of schools: one school, a district's, all of them. Each membership once per scope it falls into.
SELECT
  s.scope_id AS scope_id,
  m.membership_id AS membership_id,
  m.student_id AS student_id,
  m.school_id AS school_id,
  m.grade_level AS grade_level,
  m.latest_begin_on AS latest_begin_on
FROM memberships AS m
JOIN scope_schools AS s ON s.school_id = m.school_id
