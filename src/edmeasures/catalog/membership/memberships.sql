-- One row per student and school: days of membership, taught and recorded, by subtracting ranks.
WITH counted AS (
  SELECT
    s.membership_id AS membership_id,
    s.student_id AS student_id,
    s.school_id AS school_id,
    s.begins_on AS begins_on,
    s.is_latest AS is_latest,
    s.grade_level AS grade_level,
    s.membership_share AS membership_share,
    COALESCE(z.taught_to, 0) - COALESCE(a.taught_to, 0) AS member_days,
    COALESCE(z.recorded_to, 0) - COALESCE(a.recorded_to, 0) AS recorded_days,
    COALESCE(a.taught_to, 0) AS taught_before,
    COALESCE(z.taught_to, 0) AS taught_to_end,
    COALESCE(k.taught_in_all, 0) AS taught_in_all,
    COALESCE(k.recorded_in_all, 0) AS recorded_in_all
  FROM spells AS s
  LEFT JOIN day_ranks AS z ON z.calendar_key = s.calendar_key AND z.day_on = s.last_day_on
  LEFT JOIN day_ranks AS a ON a.calendar_key = s.calendar_key AND a.day_on = s.day_before_on
  LEFT JOIN calendar_totals AS k ON k.calendar_key = s.calendar_key
)
SELECT
  c.membership_id AS membership_id,
  c.student_id AS student_id,
  c.school_id AS school_id,
  CAST(SUM(c.member_days) AS BIGINT) AS member_days,
  CAST(SUM(c.recorded_days) AS BIGINT) AS recorded_days,
  SUM(c.membership_share * c.recorded_days) AS weighted_days,
  SUM(CASE
    WHEN c.recorded_in_all > 0 THEN c.membership_share * CAST(c.recorded_days AS DOUBLE) / c.recorded_in_all
    ELSE 0
  END) AS daily_membership,
  MAX(c.recorded_in_all) AS recorded_in_all,
  MAX(c.taught_in_all) AS taught_in_all,
  MIN(CASE WHEN c.member_days > 0 THEN c.taught_before END) AS taught_before,
  MAX(CASE WHEN c.member_days > 0 THEN c.taught_to_end END) AS taught_to_end,
  MAX(CASE WHEN c.is_latest THEN c.grade_level END) AS grade_level,
  MAX(c.begins_on) AS latest_begin_on
FROM counted AS c
GROUP BY c.membership_id, c.student_id, c.school_id
