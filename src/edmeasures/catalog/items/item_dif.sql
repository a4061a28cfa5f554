-- Mantel-Haenszel over strata of the total score; delta is -2.35 times the logarithm of the common odds ratio. Below zero the
-- item is harder for the focal group than its total says.
WITH answers AS (
  SELECT
    a.scope_id AS scope_id,
    a.assessment_id AS assessment_id,
    a.item_id AS item_id,
    t.total AS total,
    CASE WHEN k.value = $dif_focal THEN 1 ELSE 0 END AS is_focal,
    a.points AS points
  FROM item_answers AS a
  JOIN item_totals AS t
    ON t.scope_id = a.scope_id AND t.assessment_id = a.assessment_id AND t.student_id = a.student_id
  JOIN student_characteristics AS k ON k.student_id = a.student_id AND k.characteristic = $dif_characteristic
  WHERE a.points_possible = 1
),
strata AS (
  SELECT
    a.scope_id AS scope_id,
    a.item_id AS item_id,
    SUM(CASE WHEN a.is_focal = 0 THEN a.points ELSE 0 END) AS right_reference,
    SUM(CASE WHEN a.is_focal = 0 THEN 1 - a.points ELSE 0 END) AS wrong_reference,
    SUM(CASE WHEN a.is_focal = 1 THEN a.points ELSE 0 END) AS right_focal,
    SUM(CASE WHEN a.is_focal = 1 THEN 1 - a.points ELSE 0 END) AS wrong_focal,
    COUNT(*) AS n
  FROM answers AS a
  GROUP BY a.scope_id, a.assessment_id, a.item_id, a.total
),
odds AS (
  SELECT
    s.scope_id AS scope_id,
    s.item_id AS item_id,
    SUM(s.right_reference * s.wrong_focal / s.n) AS above,
    SUM(s.wrong_reference * s.right_focal / s.n) AS below
  FROM strata AS s
  GROUP BY s.scope_id, s.item_id
)
SELECT
  o.scope_id AS scope_id,
  o.item_id AS student_id,
  o.above AS numerator,
  o.below AS denominator,
  CASE WHEN o.above > 0 AND o.below > 0 THEN -2.35 * LN(o.above / o.below) END AS value,
  CASE WHEN o.above > 0 AND o.below > 0 THEN ABS(-2.35 * LN(o.above / o.below)) >= 1.5 END AS flag,
  CASE WHEN o.above > 0 AND o.below > 0 THEN NULL ELSE 'no_spread' END AS reason
FROM odds AS o
