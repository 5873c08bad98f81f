-- an official's own pay is part of the total, never of the relatives' part
WITH placed AS (
  SELECT
    l.record_id,
    l.village_code,
    l.person_id,
    l.work_date,
    EXTRACT(YEAR FROM l.work_date) AS year,
    l.amount,
    q.area_code,
    q.max_degree,
    q.min_conf
  FROM village_labour AS l
  LEFT JOIN param AS own
    ON own.area_code = l.village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE l.village_code <> ''
    AND l.work_date IS NOT NULL
), official_row AS (
  SELECT DISTINCT
    p.village_code,
    p.record_id
  FROM placed AS p
  JOIN in_office AS o
    ON o.village_code = p.village_code
   AND o.person_id = p.person_id
  WHERE (o.from_date IS NULL OR o.from_date <= p.work_date)
    AND (o.to_date IS NULL OR o.to_date >= p.work_date)
), relative_row AS (
  SELECT DISTINCT
    p.village_code,
    p.record_id
  FROM placed AS p
  JOIN in_office AS o
    ON o.village_code = p.village_code
  JOIN relative_of AS k
    ON k.person_id = o.person_id
   AND k.relative_id = p.person_id
  WHERE (o.from_date IS NULL OR o.from_date <= p.work_date)
    AND (o.to_date IS NULL OR o.to_date >= p.work_date)
    AND (k.from_date IS NULL OR k.from_date <= p.work_date)
    AND (k.to_date IS NULL OR k.to_date >= p.work_date)
    AND k.degree <= p.max_degree
    AND k.confidence >= p.min_conf
), total AS (
  SELECT
    p.village_code,
    p.year,
    p.area_code,
    SUM(p.amount) AS labour_total,
    COALESCE(SUM(CASE WHEN k.record_id IS NOT NULL AND o.record_id IS NULL THEN p.amount END), 0) AS relative_total,
    COUNT(DISTINCT CASE WHEN k.record_id IS NOT NULL AND o.record_id IS NULL THEN p.person_id END) AS relatives
  FROM placed AS p
  LEFT JOIN official_row AS o
    ON o.village_code = p.village_code
   AND o.record_id = p.record_id
  LEFT JOIN relative_row AS k
    ON k.village_code = p.village_code
   AND k.record_id = p.record_id
  GROUP BY p.village_code, p.year, p.area_code
)
SELECT
  t.village_code,
  t.year,
  t.area_code,
  t.relative_total,
  t.labour_total,
  CAST(t.relative_total / t.labour_total AS DECIMAL(18, 6)) AS share,
  t.relatives,
  CASE WHEN t.relative_total >= q.red_share * t.labour_total THEN 'red' ELSE 'yellow' END AS grade
FROM total AS t
JOIN param AS q
  ON q.area_code = t.area_code
WHERE t.labour_total > 0
  AND t.labour_total >= q.min_total
  AND t.relative_total >= q.max_share * t.labour_total
