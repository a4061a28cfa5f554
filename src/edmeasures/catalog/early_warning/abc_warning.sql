-- Attendance, behaviour, course performance: how many of the three ask for attention. What is not known asks for none, and
-- with nothing known there is no answer.
WITH removed AS (
  SELECT m.scope_id AS scope_id, m.student_id AS student_id, SUM(COALESCE(c.removals, 0)) AS removals
  FROM scope_members AS m
  JOIN sources_received AS r ON r.school_id = m.school_id AND r.source = 'removals' AND r.n_rows > 0
  LEFT JOIN removal_counts AS c ON c.membership_id = m.membership_id
  GROUP BY m.scope_id, m.student_id
),
failed AS (
  SELECT m.scope_id AS scope_id, m.student_id AS student_id, SUM(o.core_failed) AS core_failed
  FROM scope_members AS m
  JOIN outcome_counts AS o ON o.membership_id = m.membership_id
  GROUP BY m.scope_id, m.student_id
),
signs AS (
  SELECT
    s.scope_id AS scope_id,
    s.student_id AS student_id,
    CASE
      WHEN d.possible_parts > 0
        AND CASE
          WHEN $threshold_owns_boundary THEN d.absent_parts * $threshold_whole >= $threshold_part * d.possible_parts
          ELSE d.absent_parts * $threshold_whole > $threshold_part * d.possible_parts
        END THEN 1
      ELSE 0
    END AS absent,
    CASE WHEN v.removals > 0 THEN 1 ELSE 0 END AS removed,
    CASE WHEN f.core_failed > 0 THEN 1 ELSE 0 END AS failing,
    CASE WHEN d.possible_parts > 0 THEN 1 ELSE 0 END
      + CASE WHEN v.student_id IS NULL THEN 0 ELSE 1 END
      + CASE WHEN f.student_id IS NULL THEN 0 ELSE 1 END AS known
  FROM scope_students AS s
  LEFT JOIN attendance_days AS d ON d.scope_id = s.scope_id AND d.student_id = s.student_id
  LEFT JOIN removed AS v ON v.scope_id = s.scope_id AND v.student_id = s.student_id
  LEFT JOIN failed AS f ON f.scope_id = s.scope_id AND f.student_id = s.student_id
)
SELECT
  g.scope_id AS scope_id,
  g.student_id AS student_id,
  CAST(g.absent + g.removed + g.failing AS DOUBLE) AS numerator,
  CAST(g.known AS DOUBLE) AS denominator,
  CAST(g.absent + g.removed + g.failing AS DOUBLE) AS value,
  g.absent + g.removed + g.failing > 0 AS flag,
  CASE WHEN g.known = 0 THEN 'source_not_received' END AS reason
FROM signs AS g
