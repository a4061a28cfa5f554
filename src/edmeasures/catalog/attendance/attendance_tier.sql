-- Tier 1 is the best. Whole numbers on both sides of each boundary, and the pack says who owns it.
WITH reached AS (
  SELECT d.scope_id AS scope_id, d.student_id AS student_id, MIN(t.tier) AS tier
  FROM attendance_days AS d
  JOIN attendance_bands AS t
    ON t.lower_percent = 0
    OR (t.owns_boundary = 1 AND (d.possible_parts - d.absent_parts) * 100 >= t.lower_percent * d.possible_parts)
    OR (t.owns_boundary = 0 AND (d.possible_parts - d.absent_parts) * 100 > t.lower_percent * d.possible_parts)
  WHERE d.possible_parts > 0
  GROUP BY d.scope_id, d.student_id
),
tiers AS (
  SELECT COUNT(*) AS n FROM attendance_bands AS t
)
SELECT
  d.scope_id AS scope_id,
  d.student_id AS student_id,
  CAST(r.tier AS DOUBLE) AS numerator,
  CAST(NULL AS DOUBLE) AS denominator,
  CAST(r.tier AS DOUBLE) AS value,
  r.tier > 1 AS flag,
  CASE
    WHEN k.n = 0 THEN 'no_tiers'
    WHEN d.member_days = 0 THEN 'no_instructional_days'
    WHEN d.member_days < $minimum_days THEN 'below_minimum_days'
    WHEN d.possible_parts = 0 THEN 'source_not_received'
    WHEN d.possible_parts < $minimum_days * d.parts_in_day THEN 'too_few_recorded_days'
  END AS reason
FROM attendance_days AS d
CROSS JOIN tiers AS k
LEFT JOIN reached AS r ON r.scope_id = d.scope_id AND r.student_id = d.student_id
