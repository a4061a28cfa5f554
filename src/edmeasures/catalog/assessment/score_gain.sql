-- Of each assessment that was taken twice: the last score less the first, at one school.
WITH placed AS (
  SELECT
    s.student_id AS student_id,
    s.school_id AS school_id,
    s.assessment_id AS assessment_id,
    s.score AS score,
    s."on" AS given_on,
    ROW_NUMBER() OVER (
      PARTITION BY s.student_id, s.school_id, s.assessment_id ORDER BY s."on", s.score DESC
    ) AS from_first,
    ROW_NUMBER() OVER (
      PARTITION BY s.student_id, s.school_id, s.assessment_id ORDER BY s."on" DESC, s.score DESC
    ) AS from_last
  FROM assessment_results AS s
  WHERE s.status = 'scored' AND s.score IS NOT NULL AND s."on" <= $as_of
),
counted AS (
  SELECT
    b.membership_id AS membership_id,
    SUM(l.score - f.score) AS gain,
    COUNT(*) AS pairs,
    MIN(k.scale) AS lowest_scale,
    MAX(k.scale) AS highest_scale
  FROM placed AS f
  JOIN placed AS l
    ON l.student_id = f.student_id
    AND l.school_id = f.school_id
    AND l.assessment_id = f.assessment_id
    AND l.from_last = 1
    AND l.given_on > f.given_on
  JOIN assessment_scales AS k ON k.assessment_id = f.assessment_id
  JOIN memberships AS b ON b.student_id = f.student_id AND b.school_id = f.school_id
  WHERE f.from_first = 1
  GROUP BY b.membership_id
)
SELECT
  m.scope_id AS scope_id,
  m.student_id AS student_id,
  SUM(c.gain) AS numerator,
  CAST(SUM(c.pairs) AS DOUBLE) AS denominator,
  SUM(c.gain) / NULLIF(SUM(c.pairs), 0) AS value,
  CAST(NULL AS BOOLEAN) AS flag,
  CASE
    WHEN SUM(c.pairs) > 0 AND MIN(c.lowest_scale) <> MAX(c.highest_scale) THEN 'several_scales'
    WHEN SUM(c.pairs) > 0 THEN NULL
    WHEN MAX(COALESCE(r.n_rows, 0)) = 0 THEN 'source_not_received'
    ELSE 'too_few_scores'
  END AS reason,
  CASE WHEN SUM(c.pairs) > 0 THEN MIN(c.lowest_scale) END AS basis
FROM scope_members AS m
LEFT JOIN counted AS c ON c.membership_id = m.membership_id
LEFT JOIN sources_received AS r ON r.school_id = m.school_id AND r.source = 'assessment_results'
GROUP BY m.scope_id, m.student_id
