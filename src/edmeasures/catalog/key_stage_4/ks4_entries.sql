-- One row per slot that a result can fill: a double award has two, each worth the mean of its grades.
SELECT
  e.student_id AS student_id,
  e.school_id AS school_id,
  e.subject AS subject,
  COALESCE(k.pillar, 'open') AS pillar,
  CASE WHEN e.second_points IS NULL THEN CAST(e.points AS DOUBLE) ELSE CAST(e.points + e.second_points AS DOUBLE) / 2 END
    AS points,
  1 AS slot
FROM exam_results AS e
LEFT JOIN ks4_subjects AS k ON k.subject = e.subject
UNION ALL
SELECT
  e.student_id AS student_id,
  e.school_id AS school_id,
  e.subject AS subject,
  COALESCE(k.pillar, 'open') AS pillar,
  CAST(e.points + e.second_points AS DOUBLE) / 2 AS points,
  2 AS slot
FROM exam_results AS e
LEFT JOIN ks4_subjects AS k ON k.subject = e.subject
WHERE e.second_points IS NOT NULL
