-- Enrolments up to the day of the run, cut so that no day at one school is covered twice: of two overlapping rows
-- the earlier keeps its days. `first_day_on` and `last_day_on` are clipped to the calendar's dates. An enrolment without a calendar takes its school's only one; of several it takes none.
WITH dated AS (
  SELECT
    e.student_id AS student_id,
    e.school_id AS school_id,
    COALESCE(named.calendar_key, sole.calendar_key) AS calendar_key,
    e.grade_level AS grade_level,
    COALESCE(e.membership_share, 1.0) AS membership_share,
    e.entry_on AS entry_on,
    LEAST(COALESCE(e.exit_on, $as_of), $as_of) AS exit_on
  FROM enrolments AS e
  LEFT JOIN calendars AS named
    ON named.school_id = e.school_id AND named.calendar_id = e.calendar_id
  LEFT JOIN calendars AS sole
    ON sole.school_id = e.school_id AND sole.calendars_of_school = 1 AND e.calendar_id IS NULL
  WHERE e.entry_on <= $as_of AND (e.exit_on IS NULL OR e.exit_on >= e.entry_on)
),
covered AS (
  SELECT
    d.*,
    MAX(d.exit_on) OVER (
      PARTITION BY d.student_id, d.school_id
      ORDER BY d.entry_on, d.exit_on DESC, d.calendar_key, d.membership_share DESC, d.grade_level
      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS covered_to
  FROM dated AS d
),
cut AS (
  SELECT
    c.*,
    GREATEST(c.entry_on, COALESCE(CAST(c.covered_to + INTERVAL 1 DAY AS DATE), c.entry_on)) AS begins_on
  FROM covered AS c
  WHERE c.covered_to IS NULL OR c.exit_on > c.covered_to
)
SELECT
  ROW_NUMBER() OVER (ORDER BY c.student_id, c.school_id, c.entry_on) AS spell_id,
  DENSE_RANK() OVER (ORDER BY c.student_id, c.school_id) AS membership_id,
  c.student_id AS student_id,
  c.school_id AS school_id,
  c.calendar_key AS calendar_key,
  c.grade_level AS grade_level,
  c.membership_share AS membership_share,
  c.begins_on AS begins_on,
  c.exit_on AS ends_on,
  CAST(GREATEST(c.begins_on, $first_on) - INTERVAL 1 DAY AS DATE) AS day_before_on,
  GREATEST(c.begins_on, $first_on) AS first_day_on,
  GREATEST(c.exit_on, $before_first_on) AS last_day_on,
  LEAD(c.begins_on) OVER (PARTITION BY c.student_id, c.school_id ORDER BY c.begins_on) IS NULL AS is_latest
FROM cut AS c
