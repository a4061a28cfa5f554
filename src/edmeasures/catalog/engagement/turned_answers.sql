-- Answers with reversed items turned, per student and school. 'Not applicable' has no answer and is no row.
SELECT
  b.membership_id AS membership_id,
  a.survey AS survey,
  i.scale AS scale,
  i.item_id AS item_id,
  CASE WHEN i.is_reversed THEN i.lowest + i.highest - a.answer ELSE a.answer END AS answer,
  i.lowest AS lowest,
  i.highest AS highest,
  i.favourable_from AS favourable_from
FROM survey_answers AS a
JOIN survey_items AS i ON i.item_id = a.item_id
JOIN memberships AS b ON b.student_id = a.student_id AND b.school_id = a.school_id
WHERE a."on" <= $as_of AND a.answer IS NOT NULL
