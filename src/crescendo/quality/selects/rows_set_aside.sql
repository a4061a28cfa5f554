-- Of the last delivery of each feed, the rows that were not used, file by file.
SELECT NULL::bigint AS school_id, r.feed, NULL::bigint AS student_id, r.id AS object_id, r.finished_at::date AS "on",
       f.key AS detail, part.n, part.fails
FROM last_runs r CROSS JOIN LATERAL jsonb_each(r.counts) f
CROSS JOIN LATERAL (VALUES
    (COALESCE((f.value ->> 'set_aside')::bigint, 0), true),
    (COALESCE((f.value ->> 'read')::bigint, 0) - COALESCE((f.value ->> 'set_aside')::bigint, 0), false)
) AS part (n, fails)
WHERE part.n > 0
