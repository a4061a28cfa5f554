-- Staff at work today whom nobody can write to and who cannot sign in (P9).
SELECT DISTINCT ON (p.organisation_id, m.id) p.organisation_id AS school_id, m.source AS feed, NULL::bigint AS student_id,
       m.id AS object_id, NULL::date AS "on", '' AS detail, 1 AS n, m.email = '' AND m.user_id IS NULL AS fails
FROM roster_post p JOIN roster_staffmember m ON m.id = p.staff_id
WHERE p.begins_on <= %(on)s AND COALESCE(p.ends_on, %(on)s) >= %(on)s AND (p.ended_on IS NULL OR p.ended_on > %(on)s)
  AND m.ended_on IS NULL
ORDER BY p.organisation_id, m.id
