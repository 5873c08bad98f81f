WITH aimed AS (
  SELECT
    a.appeal_id,
    a.village_code,
    a.matter_id,
    a.target_person_id,
    a.assigned_org_id,
    a.handler_id,
    CAST(a.filed_time AS DATE) AS filed_date,
    q.area_code,
    q.max_degree,
    q.min_conf
  FROM appeal AS a
  LEFT JOIN param AS own
    ON own.area_code = a.village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE a.target_person_id <> ''
), handler AS (
  SELECT a.appeal_id, a.handler_id
  FROM aimed AS a
  WHERE a.handler_id <> ''
  UNION ALL
  SELECT a.appeal_id, w.handler_id
  FROM aimed AS a
  JOIN alert AS w
    ON w.matter_id = a.matter_id
  WHERE a.matter_id <> ''
    AND w.handler_id <> ''
), tie AS (
  SELECT
    a.appeal_id,
    h.handler_id,
    'self' AS relation,
    CAST(NULL AS VARCHAR) AS min_tier
  FROM aimed AS a
  JOIN handler AS h
    ON h.appeal_id = a.appeal_id
   AND h.handler_id = a.target_person_id
  UNION ALL
  SELECT
    a.appeal_id,
    h.handler_id,
    'relative' AS relation,
    k.min_tier
  FROM aimed AS a
  JOIN handler AS h
    ON h.appeal_id = a.appeal_id
  JOIN relative_of AS k
    ON k.person_id = a.target_person_id
   AND k.relative_id = h.handler_id
  WHERE (k.from_date IS NULL OR k.from_date <= a.filed_date)
    AND (k.to_date IS NULL OR k.to_date >= a.filed_date)
    AND k.degree <= a.max_degree
    AND k.confidence >= a.min_conf
  UNION ALL
  SELECT
    a.appeal_id,
    CAST(NULL AS VARCHAR) AS handler_id,
    'chief' AS relation,
    CAST(NULL AS VARCHAR) AS min_tier
  FROM aimed AS a
  JOIN in_office AS o
    ON o.person_id = a.target_person_id
   AND o.org_id = a.assigned_org_id
  WHERE o.position IN ('chief', 'deputy_chief')
    AND (o.from_date IS NULL OR o.from_date <= a.filed_date)
    AND (o.to_date IS NULL OR o.to_date >= a.filed_date)
), words AS (
  SELECT
    w.appeal_id,
    STRING_AGG(w.relation, ',' ORDER BY w.relation) AS relation,
    CASE WHEN COUNT(*) = COUNT(w.min_tier) THEN MAX(w.min_tier) END AS identity_tier
  FROM (
    SELECT t.appeal_id, t.relation, MAX(t.min_tier) AS min_tier
    FROM tie AS t
    GROUP BY t.appeal_id, t.relation
  ) AS w
  GROUP BY w.appeal_id
), handlers AS (
  SELECT
    w.appeal_id,
    STRING_AGG(w.handler_id, ',' ORDER BY w.handler_id) AS handler_id
  FROM (
    SELECT DISTINCT t.appeal_id, t.handler_id
    FROM tie AS t
    WHERE t.handler_id <> ''
  ) AS w
  GROUP BY w.appeal_id
)
SELECT
  a.appeal_id,
  a.village_code,
  a.area_code,
  a.target_person_id,
  h.handler_id,
  a.assigned_org_id,
  w.relation,
  w.identity_tier,
  'red' AS grade
FROM aimed AS a
JOIN words AS w
  ON w.appeal_id = a.appeal_id
LEFT JOIN handlers AS h
  ON h.appeal_id = a.appeal_id
