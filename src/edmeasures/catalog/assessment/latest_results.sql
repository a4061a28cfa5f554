-- One result per student and assessment: the latest scored one (of one day the highest), else the latest record.
SELECT
  r.student_id AS student_id,
  r.school_id AS school_id,
  r.assessment_id AS assessment_id,
  r.given_on AS given_on,
  r.status AS status,
  r.score AS score,
  r.is_proficient AS is_proficient,
  r.level_sequence AS level_sequence,
  r.percentile_rank AS percentile_rank
FROM (
  SELECT
    a.student_id,
    a.school_id,
    a.assessment_id,
    a."on" AS given_on,
    a.status,
    CASE WHEN a.status = 'scored' THEN a.score END AS score,
    CASE WHEN a.status = 'scored' THEN a.is_proficient END AS is_proficient,
    CASE WHEN a.status = 'scored' THEN a.level_sequence END AS level_sequence,
    CASE WHEN a.status = 'scored' THEN a.percentile_rank END AS percentile_rank,
    ROW_NUMBER() OVER (
      PARTITION BY a.student_id, a.assessment_id
      ORDER BY
        CASE WHEN a.status = 'scored' AND a.score IS NOT NULL THEN 0 WHEN a.status = 'scored' THEN 1 ELSE 2 END,
        a."on" DESC,
        a.score DESC NULLS LAST,
        a.is_proficient DESC NULLS LAST,
        a.level_sequence DESC NULLS LAST,
        a.percentile_rank DESC NULLS LAST,
        a.status,
        a.school_id
    ) AS from_latest
  FROM assessment_results AS a
  WHERE a."on" <= $as_of
) AS r
WHERE r.from_latest = 1
