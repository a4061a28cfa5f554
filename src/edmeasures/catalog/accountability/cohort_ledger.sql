-- The ledger read up to the day of the run: each student's cohort, and the event that holds now among these schools.
WITH entered AS (
  SELECT e.student_id AS student_id, MIN(e.cohort_year) AS cohort_year
  FROM cohort_events AS e
  WHERE e."on" <= $as_of AND e.cohort_year IS NOT NULL
  GROUP BY e.student_id
),
placed AS (
  SELECT
    p.scope_id AS scope_id,
    e.student_id AS student_id,
    e.kind AS kind,
    e."on" AS since_on,
    e.counts_for AS counts_for,
    COALESCE(e.is_documented, FALSE) AS is_documented,
    ROW_NUMBER() OVER (
      PARTITION BY p.scope_id, e.student_id
      ORDER BY
        e."on" DESC,
        CASE e.kind
          WHEN 'first_grade_9' THEN 1
          WHEN 'transfer_out' THEN 2
          WHEN 'transfer_in' THEN 3
          WHEN 'still_enrolled' THEN 4
          WHEN 'regular_diploma' THEN 9
          ELSE 5
        END DESC,
        e.kind,
        e.school_id
    ) AS from_last
  FROM cohort_events AS e
  JOIN scope_schools AS p ON p.school_id = e.school_id
  WHERE e."on" <= $as_of
)
SELECT
  l.scope_id AS scope_id,
  l.student_id AS student_id,
  n.cohort_year AS cohort_year,
  l.kind AS kind,
  l.since_on AS since_on,
  CASE WHEN l.kind = 'regular_diploma' THEN l.counts_for END AS diploma_year,
  CASE
    WHEN l.kind IN ('emigrated', 'died') THEN 1
    WHEN l.kind = 'transfer_out' AND l.is_documented THEN 1
    ELSE 0
  END AS has_left
FROM placed AS l
JOIN entered AS n ON n.student_id = l.student_id
WHERE l.from_last = 1
