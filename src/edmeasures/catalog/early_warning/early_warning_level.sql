-- 0 on track, 1 early warning, 2 at risk: the worse of attendance and conduct. One major incident is at risk by itself.
WITH conduct AS (
  SELECT
    s.membership_id AS membership_id,
    COUNT(*) AS incidents,
    SUM(CASE WHEN i.severity >= 3 THEN 1 ELSE 0 END) AS major
  FROM behaviour_incidents AS i
  JOIN spells AS s
    ON s.student_id = i.student_id
    AND s.school_id = i.school_id
    AND s.begins_on <= i."on"
    AND s.ends_on >= i."on"
  GROUP BY s.membership_id
),
counted AS (
  SELECT
    m.scope_id AS scope_id,
    m.student_id AS student_id,
    SUM(COALESCE(c.incidents, 0)) AS incidents,
    SUM(COALESCE(c.major, 0)) AS major
  FROM scope_members AS m
  LEFT JOIN conduct AS c ON c.membership_id = m.membership_id
  GROUP BY m.scope_id, m.student_id
),
levels AS (
  SELECT
    n.scope_id AS scope_id,
    n.student_id AS student_id,
    CASE
      WHEN (d.possible_parts - d.absent_parts) * 100 < $at_risk_attendance * d.possible_parts THEN 2
      WHEN (d.possible_parts - d.absent_parts) * 100 < $warning_attendance * d.possible_parts THEN 1
      ELSE 0
    END AS attendance,
    CASE
      WHEN n.major > 0 OR n.incidents >= $at_risk_incidents THEN 2
      WHEN n.incidents >= $warning_incidents THEN 1
      ELSE 0
    END AS conduct,
    d.member_days AS member_days,
    d.possible_parts AS possible_parts
  FROM counted AS n
  JOIN attendance_days AS d ON d.scope_id = n.scope_id AND d.student_id = n.student_id
)
SELECT
  l.scope_id AS scope_id,
  l.student_id AS student_id,
  CAST(GREATEST(l.attendance, l.conduct) AS DOUBLE) AS numerator,
  CAST(NULL AS DOUBLE) AS denominator,
  CAST(GREATEST(l.attendance, l.conduct) AS DOUBLE) AS value,
  GREATEST(l.attendance, l.conduct) = 2 AS flag,
  CASE
    WHEN l.member_days = 0 THEN 'no_instructional_days'
    WHEN l.possible_parts = 0 AND l.conduct < 2 THEN 'source_not_received'
  END AS reason
FROM levels AS l
