-- The last twenty school days before today: a day without a submission is unknown, not a day without absences (P22, P23).
WITH recent AS (
    SELECT d.school_id, d."on", row_number() OVER (PARTITION BY d.school_id ORDER BY d."on" DESC) AS back
    FROM days d
    WHERE d."on" < %(on)s AND EXISTS (
        SELECT FROM spells e WHERE e.school_id = d.school_id AND e.entry_on <= d."on" AND COALESCE(e.exit_on, d."on") >= d."on")
)
SELECT r.school_id, COALESCE((SELECT max(f.feed) FROM sent f WHERE f.school_id = r.school_id), '') AS feed,
       NULL::bigint AS student_id, NULL::bigint AS object_id, r."on", '' AS detail, 1 AS n, s.school_id IS NULL AS fails
FROM recent r LEFT JOIN sent s ON s.school_id = r.school_id AND s."on" = r."on"
WHERE r.back <= 20 AND EXISTS (SELECT FROM sent)
