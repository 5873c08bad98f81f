-- the reference is that of the county for the month of the work, else of the latest month before
WITH placed AS (
  SELECT
    l.record_id,
    l.village_code,
    l.work_type,
    l.work_date,
    l.unit_price,
    COALESCE(l.days, 1) AS days,
    SUBSTRING(l.village_code, 1, 6) || '000000' AS county_code,
    q.area_code,
    q.tol,
    q.raise_excess
  FROM village_labour AS l
  LEFT JOIN param AS own
    ON own.area_code = l.village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE l.village_code <> ''
    AND l.work_type <> ''
), priced AS (
  SELECT
    p.record_id,
    p.village_code,
    p.work_type,
    p.work_date,
    p.unit_price,
    p.days,
    p.area_code,
    p.tol,
    p.raise_excess,
    f.ref_price,
    ROW_NUMBER() OVER (PARTITION BY p.village_code, p.work_type, p.record_id ORDER BY f.month DESC) AS latest
  FROM placed AS p
  JOIN price_reference AS f
    ON f.item_code = p.work_type
   AND f.area_code = p.county_code
   AND f.month <= p.work_date
)
SELECT
  p.village_code,
  p.work_type,
  p.area_code,
  COUNT(*) AS records,
  CAST(SUM((p.unit_price - p.ref_price) * CAST(p.days AS DECIMAL(19, 6))) AS DECIMAL(18, 2)) AS excess_total,
  MAX(CAST(p.unit_price / NULLIF(p.ref_price, 0) AS DECIMAL(18, 6))) AS max_ratio,
  MIN(p.work_date) AS first_work_date,
  MAX(p.work_date) AS last_work_date,
  CASE WHEN SUM((p.unit_price - p.ref_price) * CAST(p.days AS DECIMAL(19, 6))) >= p.raise_excess THEN 'yellow' ELSE 'blue' END AS grade
FROM priced AS p
WHERE p.latest = 1
  AND p.unit_price > p.ref_price * (1 + CAST(p.tol AS DECIMAL(19, 6)))
GROUP BY p.village_code, p.work_type, p.area_code, p.raise_excess
