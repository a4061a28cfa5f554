-- Least squares through at least three days of scores on one progress measure; weeks are days over seven.
WITH scored AS (
  SELECT
    s.student_id AS student_id,
    s.school_id AS school_id,
    s.assessment_id AS assessment_id,
    s.score AS score,
    CAST(DATE_DIFF('day', f.first_on, s."on") AS DOUBLE) / 7 AS weeks
  FROM assessment_results AS s
  JOIN assessments AS a ON a.assessment_id = s.assessment_id AND NOT a.is_accountability
  JOIN (
    SELECT t.student_id, t.school_id, t.assessment_id, MIN(t."on") AS first_on
    FROM assessment_results AS t
    WHERE t.status = 'scored' AND t.score IS NOT NULL AND t."on" <= $as_of
    GROUP BY t.student_id, t.school_id, t.assessment_id
  ) AS f ON f.student_id = s.student_id AND f.school_id = s.school_id AND f.assessment_id = s.assessment_id
  WHERE s.status = 'scored' AND s.score IS NOT NULL AND s."on" <= $as_of
),
slopes AS (
  SELECT
    s.student_id AS student_id,
    s.school_id AS school_id,
    (COUNT(*) * SUM(s.weeks * s.score) - SUM(s.weeks) * SUM(s.score))
      / (COUNT(*) * SUM(s.weeks * s.weeks) - SUM(s.weeks) * SUM(s.weeks)) AS slope
  FROM scored AS s
  GROUP BY s.student_id, s.school_id, s.assessment_id
  HAVING COUNT(DISTINCT s.weeks) >= 3
),
counted AS (
  SELECT b.membership_id AS membership_id, SUM(s.slope) AS slope, COUNT(*) AS lines
  FROM slopes AS s
  JOIN memberships AS b ON b.student_id = s.student_id AND b.school_id = s.school_id
  GROUP BY b.membership_id
)
SELECT
  m.scope_id AS scope_id,
  m.student_id AS student_id,
  SUM(c.slope) AS numerator,
  CAST(SUM(c.lines) AS DOUBLE) AS denominator,
  SUM(c.slope) / NULLIF(SUM(c.lines), 0) AS value,
  CAST(NULL AS BOOLEAN) AS flag,
  CASE
    WHEN SUM(c.lines) > 0 THEN NULL
    WHEN MAX(COALESCE(r.n_rows, 0)) = 0 THEN 'source_not_received'
    ELSE 'too_few_scores'
  END AS reason
FROM scope_members AS m
LEFT JOIN counted AS c ON c.membership_id = m.membership_id
LEFT JOIN sources_received AS r ON r.school_id = m.school_id AND r.source = 'assessment_results'
GROUP BY m.scope_id, m.student_id
