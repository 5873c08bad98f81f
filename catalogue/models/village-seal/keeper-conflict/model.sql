WITH used AS (
  SELECT
    s.village_code,
    s.keeper_id,
    q.area_code,
    s.seal_type,
    CAST(s.use_time AS DATE) AS use_date,
    q.chief_positions
  FROM seal_use AS s
  LEFT JOIN param AS own
    ON own.area_code = s.village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE s.village_code <> ''
    AND s.keeper_id <> ''
    AND CAST(s.use_time AS DATE) > CAST(r.as_of - q.window_days * INTERVAL '1' DAY AS DATE)
    AND CAST(s.use_time AS DATE) <= r.as_of
), chief AS (
  SELECT
    p.village_code,
    p.keeper_id,
    STRING_AGG(p.position, ',' ORDER BY p.position) AS position
  FROM (
    SELECT DISTINCT
      u.village_code,
      u.keeper_id,
      o.position
    FROM used AS u
    JOIN in_office AS o
      ON o.village_code = u.village_code
     AND o.person_id = u.keeper_id
    WHERE (o.from_date IS NULL OR o.from_date <= u.use_date)
      AND (o.to_date IS NULL OR o.to_date >= u.use_date)
      AND STRPOS('|' || u.chief_positions || '|', '|' || NULLIF(o.position, '') || '|') > 0
  ) AS p
  GROUP BY p.village_code, p.keeper_id
), sealed AS (
  SELECT
    t.village_code,
    t.keeper_id,
    STRING_AGG(t.seal_type, ',' ORDER BY t.seal_type) AS seal_types,
    SUM(CASE WHEN t.seal_type IN ('official', 'finance') THEN 1 ELSE 0 END) AS apart
  FROM (
    SELECT DISTINCT
      u.village_code,
      u.keeper_id,
      u.seal_type
    FROM used AS u
    WHERE u.seal_type <> ''
  ) AS t
  GROUP BY t.village_code, t.keeper_id
), kept AS (
  SELECT
    u.village_code,
    u.keeper_id,
    u.area_code,
    COUNT(*) AS uses,
    MAX(u.use_date) AS last_use_date
  FROM used AS u
  GROUP BY u.village_code, u.keeper_id, u.area_code
)
SELECT
  k.village_code,
  k.keeper_id,
  k.area_code,
  t.seal_types,
  c.position,
  k.uses,
  k.last_use_date,
  'yellow' AS grade
FROM kept AS k
LEFT JOIN sealed AS t
  ON t.village_code = k.village_code
 AND t.keeper_id = k.keeper_id
LEFT JOIN chief AS c
  ON c.village_code = k.village_code
 AND c.keeper_id = k.keeper_id
WHERE c.position IS NOT NULL
   OR t.apart = 2
