-- The five pillars of the EBacc per pupil: what was entered, and how well. Two sciences count, or combined science twice.
WITH sciences AS (
  SELECT
    e.student_id AS student_id,
    e.school_id AS school_id,
    e.pillar AS pillar,
    e.points AS points,
    ROW_NUMBER() OVER (
      PARTITION BY e.student_id, e.school_id ORDER BY e.points DESC, e.subject, e.slot
    ) AS place
  FROM ks4_entries AS e
  WHERE e.pillar IN ('science', 'combined_science')
),
science AS (
  SELECT
    s.student_id AS student_id,
    s.school_id AS school_id,
    SUM(CASE WHEN s.place <= 2 THEN s.points ELSE 0 END) AS best_two,
    SUM(CASE WHEN s.pillar = 'science' THEN 1 ELSE 0 END) AS singles,
    SUM(CASE WHEN s.pillar = 'combined_science' THEN 1 ELSE 0 END) AS combined,
    SUM(CASE WHEN s.pillar = 'science' AND s.points >= $ebacc_pass THEN 1 ELSE 0 END) AS singles_passed,
    SUM(CASE WHEN s.pillar = 'combined_science' AND s.points >= $ebacc_pass THEN 1 ELSE 0 END) AS combined_passed
  FROM sciences AS s
  GROUP BY s.student_id, s.school_id
),
arts AS (
  SELECT
    e.student_id AS student_id,
    e.school_id AS school_id,
    MAX(CASE WHEN e.pillar = 'humanities' THEN e.points END) AS humanities,
    MAX(CASE WHEN e.pillar = 'languages' THEN e.points END) AS languages
  FROM ks4_entries AS e
  GROUP BY e.student_id, e.school_id
)
SELECT
  p.student_id AS student_id,
  p.school_id AS school_id,
  COALESCE(p.english, 0) + COALESCE(p.maths, 0) + COALESCE(s.best_two, 0)
    + COALESCE(a.humanities, 0) + COALESCE(a.languages, 0) AS points,
  CASE
    WHEN p.englishes = 2 AND p.maths IS NOT NULL AND a.humanities IS NOT NULL AND a.languages IS NOT NULL
      AND (COALESCE(s.combined, 0) >= 2 OR COALESCE(s.singles, 0) >= 3) THEN 1
    ELSE 0
  END AS entered,
  CASE
    WHEN p.english >= $ebacc_pass AND p.maths >= $ebacc_pass THEN 1 ELSE 0
  END AS basics,
  CASE
    WHEN p.englishes = 2 AND p.english >= $ebacc_pass AND p.maths >= $ebacc_pass
      AND a.humanities >= $ebacc_pass AND a.languages >= $ebacc_pass
      AND (
        COALESCE(s.combined_passed, 0) >= 2
        OR (COALESCE(s.singles, 0) >= 3 AND COALESCE(s.singles_passed, 0) >= 2)
      ) THEN 1
    ELSE 0
  END AS achieved
FROM ks4_pupils AS p
JOIN arts AS a ON a.student_id = p.student_id AND a.school_id = p.school_id
LEFT JOIN science AS s ON s.student_id = p.student_id AND s.school_id = p.school_id
