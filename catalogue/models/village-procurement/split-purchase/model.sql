-- every purchase opens a window; the largest one that reaches the limit is shown
WITH part AS (
  SELECT
    b.purchase_id,
    b.village_code,
    b.supplier_id,
    b.item_code,
    b.amount,
    b.purchase_date,
    q.area_code,
    q.window_days
  FROM village_purchase AS b
  LEFT JOIN param AS own
    ON own.area_code = b.village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE b.village_code <> ''
    AND b.supplier_id <> ''
    AND b.purchase_date IS NOT NULL
    AND b.amount < q.limit
    AND (b.method IS NULL OR b.method <> 'open')
), several AS (
  -- a window holds and reaches no more than the whole: few suppliers of a village have enough of both
  SELECT
    p.village_code,
    p.supplier_id
  FROM part AS p
  JOIN param AS q
    ON q.area_code = p.area_code
  GROUP BY p.village_code, p.supplier_id, q.min_parts, q.limit
  HAVING COUNT(*) >= q.min_parts
    AND SUM(CASE WHEN p.amount > 0 THEN p.amount ELSE 0 END) >= q.limit
), opened AS (
  SELECT DISTINCT
    p.village_code,
    p.supplier_id,
    p.area_code,
    p.purchase_date AS start_date,
    CAST(p.purchase_date + p.window_days * INTERVAL '1' DAY AS DATE) AS end_date
  FROM several AS s
  JOIN part AS p
    ON p.village_code = s.village_code
   AND p.supplier_id = s.supplier_id
), summed AS (
  SELECT
    o.village_code,
    o.supplier_id,
    o.area_code,
    o.start_date,
    COUNT(*) AS parts,
    SUM(p.amount) AS window_total,
    COUNT(DISTINCT NULLIF(p.item_code, '')) AS items,
    MAX(p.purchase_date) AS last_purchase_date
  FROM opened AS o
  JOIN part AS p
    ON p.village_code = o.village_code
   AND p.supplier_id = o.supplier_id
  WHERE p.purchase_date >= o.start_date
    AND p.purchase_date < o.end_date
  GROUP BY o.village_code, o.supplier_id, o.area_code, o.start_date
), reached AS (
  SELECT
    s.village_code,
    s.supplier_id,
    s.area_code,
    s.start_date,
    s.last_purchase_date,
    s.parts,
    s.window_total,
    s.items,
    q.red_parts,
    ROW_NUMBER() OVER (PARTITION BY s.village_code, s.supplier_id ORDER BY s.window_total DESC, s.start_date) AS rank
  FROM summed AS s
  JOIN param AS q
    ON q.area_code = s.area_code
  WHERE s.parts >= q.min_parts
    AND s.window_total >= q.limit
)
SELECT
  w.village_code,
  w.supplier_id,
  w.area_code,
  w.parts,
  w.window_total,
  w.start_date AS first_purchase_date,
  w.last_purchase_date,
  w.items,
  CASE WHEN w.parts >= w.red_parts THEN 'red' ELSE 'yellow' END AS grade
FROM reached AS w
WHERE w.rank = 1
