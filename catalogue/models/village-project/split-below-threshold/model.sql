-- every project opens a window; the largest one that reaches the limit is shown
WITH part AS (
  SELECT
    p.project_id,
    p.village_code,
    p.contractor_id,
    p.contract_amount,
    p.sign_date,
    q.area_code,
    q.window_days
  FROM village_project AS p
  LEFT JOIN param AS own
    ON own.area_code = p.village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE p.village_code <> ''
    AND p.contractor_id <> ''
    AND p.sign_date IS NOT NULL
    AND p.contract_amount < q.limit
    AND (p.method IS NULL OR p.method <> 'open')
), several AS (
  -- most contractors have fewer projects in a village than a window must hold
  SELECT
    p.village_code,
    p.contractor_id
  FROM part AS p
  JOIN param AS q
    ON q.area_code = p.area_code
  GROUP BY p.village_code, p.contractor_id, q.min_parts
  HAVING COUNT(*) >= q.min_parts
), opened AS (
  SELECT DISTINCT
    p.village_code,
    p.contractor_id,
    p.area_code,
    p.sign_date AS start_date,
    CAST(p.sign_date + p.window_days * INTERVAL '1' DAY AS DATE) AS end_date
  FROM several AS s
  JOIN part AS p
    ON p.village_code = s.village_code
   AND p.contractor_id = s.contractor_id
), summed AS (
  SELECT
    o.village_code,
    o.contractor_id,
    o.area_code,
    o.start_date,
    COUNT(*) AS parts,
    SUM(p.contract_amount) AS window_total,
    MAX(p.sign_date) AS last_sign_date
  FROM opened AS o
  JOIN part AS p
    ON p.village_code = o.village_code
   AND p.contractor_id = o.contractor_id
  WHERE p.sign_date >= o.start_date
    AND p.sign_date < o.end_date
  GROUP BY o.village_code, o.contractor_id, o.area_code, o.start_date
), reached AS (
  SELECT
    s.village_code,
    s.contractor_id,
    s.area_code,
    s.start_date,
    s.last_sign_date,
    s.parts,
    s.window_total,
    q.red_parts,
    ROW_NUMBER() OVER (PARTITION BY s.village_code, s.contractor_id ORDER BY s.window_total DESC, s.start_date) AS rank
  FROM summed AS s
  JOIN param AS q
    ON q.area_code = s.area_code
  WHERE s.parts >= q.min_parts
    AND s.window_total >= q.limit
)
SELECT
  w.village_code,
  w.contractor_id,
  w.area_code,
  w.parts,
  w.window_total,
  w.start_date AS first_sign_date,
  w.last_sign_date,
  CASE WHEN w.parts >= w.red_parts THEN 'red' ELSE 'yellow' END AS grade
FROM reached AS w
WHERE w.rank = 1
