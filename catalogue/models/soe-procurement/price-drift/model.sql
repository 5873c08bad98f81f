-- the middle price of the group's other purchases; where they are too few, the published price of the buyer's county and month
WITH priced AS (
  SELECT
    b.purchase_id,
    b.company_id,
    b.supplier_id,
    b.item_code,
    b.unit_price,
    b.award_amount,
    b.award_date,
    COALESCE(NULLIF(o.parent_company_id, ''), b.company_id) AS root_id,
    SUBSTR(c.area_code, 1, 6) || '000000' AS county_code,
    q.area_code,
    q.tol,
    q.red_tol,
    q.min_n,
    q.window_days,
    q.min_amount,
    r.as_of
  FROM soe_purchase AS b
  LEFT JOIN soe_org AS o
    ON o.company_id = b.company_id
  LEFT JOIN company AS c
    ON c.company_id = b.company_id
  LEFT JOIN param AS own
    ON own.area_code = c.area_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE b.award_date <= r.as_of
    AND b.purchase_id <> ''
    AND b.item_code <> ''
), peer AS (
  SELECT
    b.purchase_id,
    p.unit_price,
    ROW_NUMBER() OVER (PARTITION BY b.purchase_id ORDER BY p.unit_price, p.purchase_id) AS place,
    COUNT(*) OVER (PARTITION BY b.purchase_id) AS peers
  FROM priced AS b
  JOIN priced AS p
    ON p.item_code = b.item_code
   AND p.root_id = b.root_id
  WHERE b.award_amount >= b.min_amount
    AND p.purchase_id <> b.purchase_id
    AND p.unit_price > 0
    AND p.award_date >= CAST(b.award_date - b.window_days * INTERVAL '1' DAY AS DATE)
    AND p.award_date <= CAST(b.award_date + b.window_days * INTERVAL '1' DAY AS DATE)
), median AS (
  SELECT
    p.purchase_id,
    MAX(p.peers) AS peers,
    CAST(SUM(p.unit_price) / COUNT(*) AS DECIMAL(18, 6)) AS price
  FROM peer AS p
  WHERE 2 * p.place BETWEEN p.peers AND p.peers + 2
  GROUP BY p.purchase_id
), compared AS (
  SELECT
    b.purchase_id,
    b.company_id,
    b.supplier_id,
    b.item_code,
    b.unit_price,
    b.area_code,
    b.tol,
    b.red_tol,
    COALESCE(m.peers, 0) AS peers,
    CAST(CASE WHEN m.peers >= b.min_n THEN m.price ELSE f.ref_price END AS DECIMAL(18, 6)) AS reference_price
  FROM priced AS b
  LEFT JOIN median AS m
    ON m.purchase_id = b.purchase_id
  LEFT JOIN price_reference AS f
    ON f.item_code = b.item_code
   AND f.area_code = b.county_code
   AND f.month = CAST(DATE_TRUNC('month', b.award_date) AS DATE)
  WHERE b.award_amount >= b.min_amount
)
SELECT
  k.purchase_id,
  k.area_code,
  k.company_id,
  k.item_code,
  k.unit_price,
  k.reference_price,
  CAST(k.unit_price / k.reference_price - 1 AS DECIMAL(18, 6)) AS drift,
  k.supplier_id,
  k.peers,
  CASE WHEN k.unit_price >= (1 + CAST(k.red_tol AS DECIMAL(19, 6))) * k.reference_price THEN 'red' ELSE 'yellow' END AS grade
FROM compared AS k
WHERE k.reference_price > 0
  AND k.unit_price > (1 + CAST(k.tol AS DECIMAL(19, 6))) * k.reference_price
