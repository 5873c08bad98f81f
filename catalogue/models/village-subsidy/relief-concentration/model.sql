-- officials of the village and the approver count like their relatives
WITH placed AS (
  SELECT
    t.relief_id,
    t.village_code,
    t.person_id,
    t.pay_date,
    EXTRACT(YEAR FROM t.pay_date) AS year,
    t.amount,
    t.approver_id,
    NULLIF(t.reason, '') AS reason,
    q.area_code,
    q.max_degree,
    q.min_conf
  FROM temp_relief AS t
  LEFT JOIN param AS own
    ON own.area_code = t.village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE t.village_code <> ''
    AND t.pay_date IS NOT NULL
), power AS (
  SELECT
    p.village_code,
    p.relief_id,
    p.person_id,
    p.pay_date,
    p.max_degree,
    p.min_conf,
    p.approver_id AS power_id
  FROM placed AS p
  WHERE p.approver_id <> ''
  UNION ALL
  SELECT
    p.village_code,
    p.relief_id,
    p.person_id,
    p.pay_date,
    p.max_degree,
    p.min_conf,
    o.person_id AS power_id
  FROM placed AS p
  JOIN in_office AS o
    ON o.village_code = p.village_code
  WHERE (o.from_date IS NULL OR o.from_date <= p.pay_date)
    AND (o.to_date IS NULL OR o.to_date >= p.pay_date)
), tied AS (
  SELECT
    w.village_code,
    w.relief_id
  FROM power AS w
  WHERE w.power_id = w.person_id
  UNION ALL
  SELECT
    w.village_code,
    w.relief_id
  FROM power AS w
  JOIN relative_of AS k
    ON k.person_id = w.power_id
   AND k.relative_id = w.person_id
  WHERE (k.from_date IS NULL OR k.from_date <= w.pay_date)
    AND (k.to_date IS NULL OR k.to_date >= w.pay_date)
    AND k.degree <= w.max_degree
    AND k.confidence >= w.min_conf
), relative_row AS (
  SELECT DISTINCT
    t.village_code,
    t.relief_id
  FROM tied AS t
), total AS (
  SELECT
    p.village_code,
    p.year,
    p.area_code,
    COALESCE(SUM(p.amount), 0) AS relief_total,
    COALESCE(SUM(CASE WHEN k.relief_id IS NOT NULL THEN p.amount END), 0) AS relative_total
  FROM placed AS p
  LEFT JOIN relative_row AS k
    ON k.village_code = p.village_code
   AND k.relief_id = p.relief_id
  GROUP BY p.village_code, p.year, p.area_code
), often AS (
  SELECT
    p.village_code,
    p.year,
    p.person_id
  FROM placed AS p
  JOIN param AS q
    ON q.area_code = p.area_code
  WHERE p.person_id <> ''
    AND p.reason IS NOT NULL
  GROUP BY p.village_code, p.year, p.person_id, p.reason, q.repeat
  HAVING COUNT(*) >= q.repeat
), repeated AS (
  SELECT
    f.village_code,
    f.year,
    COUNT(DISTINCT f.person_id) AS persons
  FROM often AS f
  GROUP BY f.village_code, f.year
)
SELECT
  t.village_code,
  t.year,
  t.area_code,
  t.relief_total,
  t.relative_total,
  CAST(t.relative_total / CASE WHEN t.relief_total > 0 THEN t.relief_total END AS DECIMAL(18, 6)) AS share,
  COALESCE(f.persons, 0) AS repeated_persons,
  'yellow' AS grade
FROM total AS t
JOIN param AS q
  ON q.area_code = t.area_code
LEFT JOIN repeated AS f
  ON f.village_code = t.village_code
 AND f.year = t.year
WHERE f.persons > 0
   OR (
     t.relief_total > 0
     AND t.relief_total >= q.min_total
     AND t.relative_total >= q.max_share * t.relief_total
   )
