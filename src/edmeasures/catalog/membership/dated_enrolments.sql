-- Enrolments up to the day of the run, each with its calendar: the one it names, or its school's only one; of several
-- it takes none. The kernel merges them to stretches without overlap (edmeasures.intervals).
SELECT
  e.student_id AS student_id,
  e.school_id AS school_id,
  COALESCE(named.calendar_key, sole.calendar_key) AS calendar_key,
  e.grade_level AS grade_level,
  COALESCE(e.membership_share, 1.0) AS membership_share,
  e.entry_on AS entry_on,
  LEAST(
    COALESCE(CASE WHEN $exit_day_counts THEN e.exit_on ELSE CAST(e.exit_on - INTERVAL 1 DAY AS DATE) END, $as_of), $as_of
  ) AS exit_on
FROM enrolments AS e
LEFT JOIN calendars AS named
  ON named.school_id = e.school_id AND named.calendar_id = e.calendar_id
LEFT JOIN calendars AS sole
  ON sole.school_id = e.school_id AND sole.calendars_of_school = 1 AND e.calendar_id IS NULL
WHERE e.entry_on <= $as_of AND (
  e.exit_on IS NULL OR e.exit_on > e.entry_on OR (e.exit_on = e.entry_on AND $exit_day_counts)
)
