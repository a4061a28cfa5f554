-- A feed that is overdue by its own rhythm: twice the usual distance between two deliveries and a day, at least three days (P45).
WITH deliveries AS (
    SELECT DISTINCT x.slug AS feed, r.finished_at::date AS "on"
    FROM imports_importrun r JOIN imports_source x ON x.id = r.source_id
    WHERE r.state = 'applied' AND NOT r.is_dry_run AND r.finished_at >= %(at)s::timestamptz - INTERVAL '400 days'
),
gaps AS (
    SELECT feed, "on", "on" - lag("on") OVER (PARTITION BY feed ORDER BY "on") AS gap FROM deliveries
)
SELECT NULL::bigint AS school_id, feed, NULL::bigint AS student_id, NULL::bigint AS object_id, max("on") AS "on",
       percentile_cont(0.5) WITHIN GROUP (ORDER BY gap)::text AS detail, 1 AS n,
       %(on)s::date - max("on") > GREATEST(2 * percentile_cont(0.5) WITHIN GROUP (ORDER BY gap) + 1, 3) AS fails
FROM gaps
GROUP BY feed
HAVING count(*) >= 4
