-- Sessions per student and school: from the register where the school keeps one, else two to each recorded day.
WITH registers AS (
  SELECT
    r.membership_id AS membership_id,
    CAST(SUM(r.possible_sessions) AS BIGINT) AS possible_sessions,
    CAST(SUM(r.authorised_sessions + r.unauthorised_sessions) AS BIGINT) AS absent_sessions
  FROM register_sessions AS r
  GROUP BY r.membership_id
)
SELECT
  m.membership_id AS membership_id,
  CASE WHEN k.school_id IS NULL THEN 2 * m.recorded_days ELSE COALESCE(g.possible_sessions, 0) END AS possible_sessions,
  CASE WHEN k.school_id IS NULL THEN COALESCE(a.absent_sessions, 0) ELSE COALESCE(g.absent_sessions, 0) END
    AS absent_sessions
FROM memberships AS m
LEFT JOIN sources_received AS k
  ON k.school_id = m.school_id AND k.source = 'attendance_marks' AND k.n_rows > 0
LEFT JOIN registers AS g ON g.membership_id = m.membership_id
LEFT JOIN absences AS a ON a.membership_id = m.membership_id
