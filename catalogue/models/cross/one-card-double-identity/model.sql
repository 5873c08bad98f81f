WITH serving AS (
  SELECT DISTINCT
    o.person_id,
    o.village_code,
    o.position,
    CASE WHEN o.category = 'village_supervision' THEN 1 ELSE 0 END AS supervises,
    CASE
      WHEN o.category IN ('village_committee', 'village_party') THEN 1
      WHEN o.position IN ('accountant', 'cashier') THEN 1
      ELSE 0
    END AS supervised
  FROM in_office AS o
  CROSS JOIN run AS r
  WHERE o.person_id <> ''
    AND o.village_code <> ''
    AND (o.from_date IS NULL OR o.from_date <= r.as_of)
    AND (o.to_date IS NULL OR o.to_date >= r.as_of)
), member AS (
  SELECT
    s.person_id,
    s.village_code,
    q.area_code,
    MAX(s.supervised) AS supervised,
    q.max_degree,
    q.min_conf
  FROM serving AS s
  LEFT JOIN param AS own
    ON own.area_code = s.village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  GROUP BY s.person_id, s.village_code, q.area_code, q.max_degree, q.min_conf
  HAVING MAX(s.supervises) = 1
), kin AS (
  SELECT
    m.person_id,
    m.village_code,
    n.relative_id,
    n.min_tier,
    ROW_NUMBER() OVER (PARTITION BY m.person_id, m.village_code ORDER BY n.degree, n.relative_id) AS rank
  FROM member AS m
  JOIN relative_of AS n
    ON n.person_id = m.person_id
  JOIN serving AS s
    ON s.person_id = n.relative_id
   AND s.village_code = m.village_code
  CROSS JOIN run AS r
  WHERE s.supervised = 1
    AND n.degree <= m.max_degree
    AND n.confidence >= m.min_conf
    AND (n.from_date IS NULL OR n.from_date <= r.as_of)
    AND (n.to_date IS NULL OR n.to_date >= r.as_of)
), own_post AS (
  SELECT
    p.person_id,
    p.village_code,
    STRING_AGG(p.position, ',' ORDER BY p.position) AS position
  FROM (
    SELECT DISTINCT
      s.person_id,
      s.village_code,
      s.position
    FROM serving AS s
  ) AS p
  GROUP BY p.person_id, p.village_code
), kin_post AS (
  SELECT
    p.person_id,
    p.village_code,
    STRING_AGG(p.position, ',' ORDER BY p.position) AS position
  FROM (
    SELECT DISTINCT
      k.person_id,
      k.village_code,
      s.position
    FROM kin AS k
    JOIN serving AS s
      ON s.person_id = k.relative_id
     AND s.village_code = k.village_code
    WHERE k.rank = 1
      AND s.supervised = 1
  ) AS p
  GROUP BY p.person_id, p.village_code
)
SELECT
  m.person_id,
  m.village_code,
  m.area_code,
  CONCAT_WS(
    ',',
    CASE WHEN k.relative_id IS NOT NULL THEN 'relative' END,
    CASE WHEN m.supervised = 1 THEN 'self' END
  ) AS reason,
  k.relative_id,
  p.position,
  t.position AS relative_position,
  k.min_tier AS identity_tier,
  'yellow' AS grade
FROM member AS m
LEFT JOIN kin AS k
  ON k.person_id = m.person_id
 AND k.village_code = m.village_code
 AND k.rank = 1
LEFT JOIN own_post AS p
  ON p.person_id = m.person_id
 AND p.village_code = m.village_code
LEFT JOIN kin_post AS t
  ON t.person_id = m.person_id
 AND t.village_code = m.village_code
WHERE m.supervised = 1
   OR k.relative_id IS NOT NULL
