-- Each calendar of each school, numbered, with how many calendars its school has.
SELECT
  ROW_NUMBER() OVER (ORDER BY c.school_id, c.calendar_id) AS calendar_key,
  c.school_id AS school_id,
  c.calendar_id AS calendar_id,
  COUNT(*) OVER (PARTITION BY c.school_id) AS calendars_of_school
FROM (SELECT DISTINCT d.school_id, d.calendar_id FROM calendar_days AS d) AS c
