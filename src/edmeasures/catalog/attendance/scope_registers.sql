-- Sessions of registers per student and scope, by what the marks mean.
WITH counted AS (
  SELECT
    g.membership_id AS membership_id,
    SUM(g.possible_sessions) AS possible,
    SUM(g.authorised_sessions) AS authorised,
    SUM(g.unauthorised_sessions) AS unauthorised,
    SUM(g.late_sessions) AS late,
    SUM(g.illness_sessions) AS illness,
    SUM(g.part_time_sessions) AS part_time
  FROM register_sessions AS g
  GROUP BY g.membership_id
)
SELECT
  m.scope_id AS scope_id,
  m.student_id AS student_id,
  SUM(c.possible) AS possible,
  SUM(c.authorised) AS authorised,
  SUM(c.unauthorised) AS unauthorised,
  SUM(c.late) AS late,
  SUM(c.illness) AS illness,
  SUM(c.part_time) AS part_time,
  MAX(COALESCE(r.n_rows, 0)) AS n_received
FROM scope_members AS m
LEFT JOIN counted AS c ON c.membership_id = m.membership_id
LEFT JOIN sources_received AS r ON r.school_id = m.school_id AND r.source = 'attendance_marks'
GROUP BY m.scope_id, m.student_id
