-- Cronbach's alpha of each test from the students with a row for every item; of several tests, the mean of their alphas.
WITH lengths AS (
  SELECT t.scope_id AS scope_id, t.assessment_id AS assessment_id, MAX(t.items) AS items
  FROM item_totals AS t
  GROUP BY t.scope_id, t.assessment_id
),
complete AS (
  SELECT
    t.scope_id AS scope_id,
    t.assessment_id AS assessment_id,
    t.student_id AS student_id,
    t.total AS total,
    t.items AS items
  FROM item_totals AS t
  JOIN lengths AS l ON l.scope_id = t.scope_id AND l.assessment_id = t.assessment_id AND l.items = t.items
),
of_items AS (
  SELECT a.scope_id AS scope_id, a.assessment_id AS assessment_id, VAR_SAMP(a.points) AS variance
  FROM item_answers AS a
  JOIN complete AS c
    ON c.scope_id = a.scope_id AND c.assessment_id = a.assessment_id AND c.student_id = a.student_id
  GROUP BY a.scope_id, a.assessment_id, a.item_id
),
added AS (
  SELECT i.scope_id AS scope_id, i.assessment_id AS assessment_id, SUM(i.variance) AS variance
  FROM of_items AS i
  GROUP BY i.scope_id, i.assessment_id
),
alphas AS (
  SELECT
    c.scope_id AS scope_id,
    c.assessment_id AS assessment_id,
    COUNT(*) AS n,
    CAST(MAX(c.items) AS DOUBLE) / (MAX(c.items) - 1) * (1 - MAX(s.variance) / NULLIF(VAR_SAMP(c.total), 0)) AS alpha
  FROM complete AS c
  JOIN added AS s ON s.scope_id = c.scope_id AND s.assessment_id = c.assessment_id
  WHERE c.items > 1
  GROUP BY c.scope_id, c.assessment_id
)
SELECT
  p.scope_id AS scope_id,
  SUM(a.alpha) AS numerator,
  CAST(COUNT(a.alpha) AS DOUBLE) AS denominator,
  AVG(a.alpha) AS value,
  CAST(SUM(a.n) AS BIGINT) AS n_students,
  CASE
    WHEN COUNT(a.alpha) > 0 THEN NULL
    WHEN COUNT(a.assessment_id) > 0 THEN 'no_spread'
    ELSE 'source_not_received'
  END AS reason
FROM (SELECT DISTINCT c.scope_id FROM scope_schools AS c) AS p
LEFT JOIN alphas AS a ON a.scope_id = p.scope_id
GROUP BY p.scope_id
