-- What several rules read: the enrolments of the school year, the school days, the days on which attendance is known.
spells AS (
    SELECT e.id, e.student_id, e.school_id, e.source AS feed, e.grade_level, e.entry_on,
           LEAST(e.exit_on, e.ended_on - 1) AS exit_on, e.is_primary, e.membership_share
    FROM roster_enrolment e JOIN roster_student s ON s.id = e.student_id AND s.erased_at IS NULL
    WHERE e.school_year = %(school_year)s AND (e.ended_on IS NULL OR e.ended_on > e.entry_on)
),
days AS (
    SELECT DISTINCT c.school_id, d."on"
    FROM roster_calendarday d JOIN roster_calendar c ON c.id = d.calendar_id
    WHERE c.school_year = %(school_year)s AND d.is_instructional AND (c.ended_on IS NULL OR d."on" < c.ended_on)
),
sent AS (
    SELECT school_id, "on", max(source) AS feed FROM (
        SELECT school_id, "on", source FROM records_attendancesubmission WHERE school_year = %(school_year)s
        UNION ALL
        SELECT school_id, "on", source FROM records_schoolattendancecount
        WHERE school_year = %(school_year)s AND attendance_rate IS NOT NULL
    ) known GROUP BY school_id, "on"
),
last_runs AS (
    SELECT DISTINCT ON (r.source_id) r.id, x.slug AS feed, r.counts, r.finished_at
    FROM imports_importrun r JOIN imports_source x ON x.id = r.source_id
    WHERE r.state = 'applied' AND NOT r.is_dry_run
    ORDER BY r.source_id, r.finished_at DESC
)
