-- The four groups of Attainment 8. English counts twice when language and literature were both entered; then the lower of the
-- two may stand among the open. What is left of the EBacc group is open too.
WITH core AS (
  SELECT
    e.student_id AS student_id,
    e.school_id AS school_id,
    MAX(CASE WHEN e.pillar IN ('english_language', 'english_literature') THEN e.points END) AS english,
    MIN(CASE WHEN e.pillar IN ('english_language', 'english_literature') THEN e.points END) AS other_english,
    COUNT(DISTINCT CASE WHEN e.pillar IN ('english_language', 'english_literature') THEN e.pillar END) AS englishes,
    MAX(CASE WHEN e.pillar = 'maths' THEN e.points END) AS maths
  FROM ks4_entries AS e
  GROUP BY e.student_id, e.school_id
),
ebacc AS (
  SELECT
    e.student_id AS student_id,
    e.school_id AS school_id,
    e.points AS points,
    ROW_NUMBER() OVER (
      PARTITION BY e.student_id, e.school_id ORDER BY e.points DESC, e.subject, e.slot
    ) AS place
  FROM ks4_entries AS e
  WHERE e.pillar IN ('science', 'combined_science', 'humanities', 'languages')
),
left_over AS (
  SELECT b.student_id AS student_id, b.school_id AS school_id, b.points AS points
  FROM ebacc AS b
  WHERE b.place > 3
  UNION ALL
  SELECT e.student_id AS student_id, e.school_id AS school_id, e.points AS points
  FROM ks4_entries AS e
  WHERE e.pillar = 'open'
  UNION ALL
  SELECT c.student_id AS student_id, c.school_id AS school_id, c.other_english AS points
  FROM core AS c
  WHERE c.englishes = 2
),
open_slots AS (
  SELECT
    o.student_id AS student_id,
    o.school_id AS school_id,
    o.points AS points,
    ROW_NUMBER() OVER (PARTITION BY o.student_id, o.school_id ORDER BY o.points DESC) AS place
  FROM left_over AS o
),
ebacc_sums AS (
  SELECT b.student_id AS student_id, b.school_id AS school_id, SUM(b.points) AS points
  FROM ebacc AS b
  WHERE b.place <= 3
  GROUP BY b.student_id, b.school_id
),
open_sums AS (
  SELECT o.student_id AS student_id, o.school_id AS school_id, SUM(o.points) AS points
  FROM open_slots AS o
  WHERE o.place <= 3
  GROUP BY o.student_id, o.school_id
)
SELECT
  c.student_id AS student_id,
  c.school_id AS school_id,
  COALESCE(c.english, 0) * CASE WHEN c.englishes = 2 THEN 2 ELSE 1 END AS english_points,
  COALESCE(c.maths, 0) * 2 AS maths_points,
  COALESCE(b.points, 0) AS ebacc_points,
  COALESCE(o.points, 0) AS open_points,
  c.english AS english,
  c.maths AS maths,
  c.englishes AS englishes
FROM core AS c
LEFT JOIN ebacc_sums AS b ON b.student_id = c.student_id AND b.school_id = c.school_id
LEFT JOIN open_sums AS o ON o.student_id = c.student_id AND o.school_id = c.school_id
