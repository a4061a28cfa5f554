-- Of the last delivery of each feed, the students of the file whom nobody knows (P8, P35). The finding tells both counts.
SELECT NULL::bigint AS school_id, r.feed, NULL::bigint AS student_id, r.id AS object_id, r.finished_at::date AS "on",
       f.file AS detail, part.n, part.fails
FROM last_runs r JOIN imports_finding f ON f.run_id = r.id AND f.code = 'ids.matched'
CROSS JOIN LATERAL (SELECT (regexp_match(f.what_to_do, '^(\d+) of (\d+) '))::bigint[] AS said) told
CROSS JOIN LATERAL (VALUES (told.said[1], true), (told.said[2] - told.said[1], false)) AS part (n, fails)
WHERE part.n > 0
