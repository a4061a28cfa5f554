-- By subject: below the benchmark the first time, and on a later day not any more.
WITH placed AS (
  SELECT
    s.student_id AS student_id,
    s.school_id AS school_id,
    COALESCE(a.subject, '') AS subject,
    s."on" AS given_on,
    CASE WHEN s.score < a.benchmark THEN 1 ELSE 0 END AS is_below,
    ROW_NUMBER() OVER (
      PARTITION BY s.student_id, s.school_id, COALESCE(a.subject, '') ORDER BY s."on", s.score - a.benchmark
    ) AS from_first,
    ROW_NUMBER() OVER (
      PARTITION BY s.student_id, s.school_id, COALESCE(a.subject, '') ORDER BY s."on" DESC, s.score - a.benchmark
    ) AS from_last
  FROM assessment_results AS s
  JOIN assessments AS a ON a.assessment_id = s.assessment_id AND a.benchmark IS NOT NULL
  WHERE s.status = 'scored' AND s.score IS NOT NULL AND s."on" <= $as_of
),
counted AS (
  SELECT
    b.membership_id AS membership_id,
    COUNT(*) AS began_below,
    SUM(1 - l.is_below) AS recovered
  FROM placed AS f
  JOIN placed AS l
    ON l.student_id = f.student_id
    AND l.school_id = f.school_id
    AND l.subject = f.subject
    AND l.from_last = 1
    AND l.given_on > f.given_on
  JOIN memberships AS b ON b.student_id = f.student_id AND b.school_id = f.school_id
  WHERE f.from_first = 1 AND f.is_below = 1
  GROUP BY b.membership_id
)
SELECT
  m.scope_id AS scope_id,
  m.student_id AS student_id,
  CAST(SUM(c.recovered) AS DOUBLE) AS numerator,
  CAST(SUM(c.began_below) AS DOUBLE) AS denominator,
  CAST(SUM(c.recovered) AS DOUBLE) / NULLIF(SUM(c.began_below), 0) AS value,
  SUM(c.recovered) = SUM(c.began_below) AS flag,
  CASE
    WHEN SUM(c.began_below) > 0 THEN NULL
    WHEN MAX(COALESCE(r.n_rows, 0)) = 0 THEN 'source_not_received'
    ELSE 'not_below_before'
  END AS reason
FROM scope_members AS m
LEFT JOIN counted AS c ON c.membership_id = m.membership_id
LEFT JOIN sources_received AS r ON r.school_id = m.school_id AND r.source = 'assessment_results'
GROUP BY m.scope_id, m.student_id
