-- A grade is usually begun at the age of the grade and six years. Ages are read in days, 1,461 to four years.
SELECT
  s.scope_id AS scope_id,
  s.student_id AS student_id,
  CAST(DATE_DIFF('day', t.born_on, $first_on) AS DOUBLE) / 365.25 AS numerator,
  CAST(TRY_CAST(s.grade_level AS INTEGER) + 6 AS DOUBLE) AS denominator,
  CAST(DATE_DIFF('day', t.born_on, $first_on) AS DOUBLE) / 365.25 - (TRY_CAST(s.grade_level AS INTEGER) + 6) AS value,
  4 * DATE_DIFF('day', t.born_on, $first_on) >= 1461 * (TRY_CAST(s.grade_level AS INTEGER) + 8) AS flag,
  CASE
    WHEN t.born_on IS NULL THEN 'source_not_received'
    WHEN TRY_CAST(s.grade_level AS INTEGER) IS NULL THEN 'not_in_grade'
  END AS reason
FROM scope_students AS s
LEFT JOIN students AS t ON t.student_id = s.student_id
