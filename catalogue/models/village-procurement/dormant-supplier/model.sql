WITH bought AS (
  SELECT
    b.purchase_id,
    b.village_code,
    b.supplier_id,
    b.amount,
    b.purchase_date,
    CAST(b.purchase_date - q.window_months * INTERVAL '1' MONTH AS DATE) AS window_from,
    CAST(c.reg_date + q.new_days * INTERVAL '1' DAY AS DATE) AS new_until,
    c.cancel_date,
    c.status,
    c.company_type,
    q.area_code
  FROM village_purchase AS b
  JOIN company AS c
    ON c.company_id = b.supplier_id
  LEFT JOIN param AS own
    ON own.area_code = b.village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE b.supplier_id <> ''
    AND b.amount >= q.min_amount
), staffed AS (
  SELECT DISTINCT
    b.purchase_id,
    b.supplier_id
  FROM bought AS b
  JOIN social_insurance AS s
    ON s.company_id = b.supplier_id
  WHERE s.month >= b.window_from
    AND s.month < b.purchase_date
), earned AS (
  SELECT
    b.purchase_id,
    b.supplier_id
  FROM bought AS b
  JOIN tax_record AS t
    ON t.company_id = b.supplier_id
  WHERE t.period >= b.window_from
    AND t.period < b.purchase_date
  GROUP BY b.purchase_id, b.supplier_id
  HAVING SUM(t.revenue) <> 0
), reason AS (
  SELECT b.supplier_id, b.purchase_id, b.village_code, b.amount, b.purchase_date, b.area_code, 'a' AS reason
  FROM bought AS b
  WHERE b.purchase_date < b.new_until
  UNION ALL
  SELECT b.supplier_id, b.purchase_id, b.village_code, b.amount, b.purchase_date, b.area_code, 'b' AS reason
  FROM bought AS b
  WHERE b.cancel_date <= b.purchase_date
     OR (b.cancel_date IS NULL AND b.status IN ('cancelled', 'revoked'))
  UNION ALL
  SELECT b.supplier_id, b.purchase_id, b.village_code, b.amount, b.purchase_date, b.area_code, 'c' AS reason
  FROM bought AS b
  LEFT JOIN staffed AS s
    ON s.purchase_id = b.purchase_id
   AND s.supplier_id = b.supplier_id
  LEFT JOIN earned AS e
    ON e.purchase_id = b.purchase_id
   AND e.supplier_id = b.supplier_id
  WHERE b.purchase_date IS NOT NULL
    AND (b.company_type IS NULL OR b.company_type <> 'individual')
    AND s.purchase_id IS NULL
    AND e.purchase_id IS NULL
), listed AS (
  SELECT
    k.supplier_id,
    STRING_AGG(k.reason, ',' ORDER BY k.reason) AS reasons
  FROM (SELECT DISTINCT o.supplier_id, o.reason FROM reason AS o) AS k
  GROUP BY k.supplier_id
), affected AS (
  SELECT
    o.supplier_id,
    o.purchase_id,
    o.village_code,
    o.amount,
    o.purchase_date,
    o.area_code,
    ROW_NUMBER() OVER (
      PARTITION BY o.supplier_id
      ORDER BY CASE WHEN o.purchase_date IS NULL THEN 1 ELSE 0 END, o.purchase_date DESC, o.area_code, o.purchase_id
    ) AS latest
  FROM reason AS o
  GROUP BY o.supplier_id, o.purchase_id, o.village_code, o.amount, o.purchase_date, o.area_code
)
SELECT
  a.supplier_id,
  COUNT(DISTINCT NULLIF(a.village_code, '')) AS villages,
  COUNT(*) AS purchases,
  SUM(a.amount) AS amount_total,
  k.reasons,
  MAX(a.purchase_date) AS last_purchase_date,
  MAX(CASE WHEN a.latest = 1 THEN a.area_code END) AS area_code,
  'yellow' AS grade
FROM affected AS a
JOIN listed AS k
  ON k.supplier_id = a.supplier_id
GROUP BY a.supplier_id, k.reasons
