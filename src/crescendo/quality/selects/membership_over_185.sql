-- More than 185 days of membership in one year, all schools together (P16). Days are counted once for each pair of dates.
WITH dates AS (
    SELECT DISTINCT school_id, entry_on, exit_on FROM spells
),
lengths AS (
    SELECT t.school_id, t.entry_on, t.exit_on, count(d."on") AS days
    FROM dates t LEFT JOIN days d ON d.school_id = t.school_id AND d."on" >= t.entry_on AND d."on" <= COALESCE(t.exit_on, d."on")
    GROUP BY t.school_id, t.entry_on, t.exit_on
)
SELECT (array_agg(e.school_id ORDER BY e.entry_on DESC, e.id DESC))[1] AS school_id,
       (array_agg(e.feed ORDER BY e.entry_on DESC, e.id DESC))[1] AS feed,
       e.student_id, NULL::bigint AS object_id, max(e.entry_on) AS "on", (sum(t.days * e.membership_share)::int)::text AS detail,
       1 AS n, sum(t.days * e.membership_share) > 185 AS fails
FROM spells e JOIN lengths t ON t.school_id = e.school_id AND t.entry_on = e.entry_on AND t.exit_on IS NOT DISTINCT FROM e.exit_on
GROUP BY e.student_id
