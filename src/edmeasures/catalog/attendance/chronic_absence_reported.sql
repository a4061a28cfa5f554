-- As the authority counts: a student of two schools is one student with all their days, or counts at each school.
WITH memberships_counted AS (
  SELECT
    m.scope_id AS scope_id,
    m.student_id AS student_id,
    b.member_days AS member_days,
    b.possible_parts AS possible_parts,
    b.member_days >= $minimum_days
      AND b.possible_parts >= GREATEST($minimum_days * CASE $counting WHEN 'sessions' THEN 2 WHEN 'full_day' THEN 1 ELSE $day_units END, 1) AS counts,
    CASE
      WHEN $threshold_owns_boundary THEN b.absent_parts * $threshold_whole >= $threshold_part * b.possible_parts
      ELSE b.absent_parts * $threshold_whole > $threshold_part * b.possible_parts
    END AS is_chronic
  FROM scope_members AS m
  JOIN membership_attendance AS b ON b.membership_id = m.membership_id
),
students_counted AS (
  SELECT
    d.scope_id AS scope_id,
    d.student_id AS student_id,
    d.member_days AS member_days,
    d.possible_parts AS possible_parts,
    d.member_days >= $minimum_days AND d.possible_parts >= GREATEST($minimum_days * d.parts_in_day, 1) AS counts,
    CASE
      WHEN $threshold_owns_boundary THEN d.absent_parts * $threshold_whole >= $threshold_part * d.possible_parts
      ELSE d.absent_parts * $threshold_whole > $threshold_part * d.possible_parts
    END AS is_chronic
  FROM attendance_days AS d
),
counted AS (
  SELECT c.scope_id, c.student_id, c.member_days, c.possible_parts, c.counts, c.is_chronic
  FROM memberships_counted AS c
  WHERE $counts_per_school
  UNION ALL
  SELECT c.scope_id, c.student_id, c.member_days, c.possible_parts, c.counts, c.is_chronic
  FROM students_counted AS c
  WHERE NOT $counts_per_school
)
SELECT
  c.scope_id AS scope_id,
  c.student_id AS student_id,
  CAST(SUM(CASE WHEN c.counts AND c.is_chronic THEN 1 ELSE 0 END) AS DOUBLE) AS numerator,
  CAST(SUM(CASE WHEN c.counts THEN 1 ELSE 0 END) AS DOUBLE) AS denominator,
  CAST(SUM(CASE WHEN c.counts AND c.is_chronic THEN 1 ELSE 0 END) AS DOUBLE)
    / NULLIF(SUM(CASE WHEN c.counts THEN 1 ELSE 0 END), 0) AS value,
  CAST(NULL AS BOOLEAN) AS flag,
  CASE
    WHEN SUM(CASE WHEN c.counts THEN 1 ELSE 0 END) > 0 THEN NULL
    WHEN SUM(c.member_days) = 0 THEN 'no_instructional_days'
    WHEN SUM(c.possible_parts) = 0 THEN 'source_not_received'
    ELSE 'below_minimum_days'
  END AS reason
FROM counted AS c
GROUP BY c.scope_id, c.student_id
