-- the published price of the month, else of up to three months before, else the median of a year's purchases in the county;
-- a reference is a sum over one or two prices, so that the ratio is tested exactly
WITH priced AS (
  SELECT
    b.purchase_id,
    b.village_code,
    SUBSTR(b.village_code, 1, 6) || '000000' AS county,
    b.item_code,
    b.unit_price,
    b.qty,
    b.purchase_date,
    q.area_code,
    q.min_n
  FROM village_purchase AS b
  LEFT JOIN param AS own
    ON own.area_code = b.village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE b.purchase_id <> ''
    AND b.village_code <> ''
    AND b.item_code <> ''
    AND b.unit_price IS NOT NULL
    AND b.purchase_date IS NOT NULL
), published AS (
  SELECT
    p.purchase_id,
    f.ref_price,
    ROW_NUMBER() OVER (PARTITION BY p.purchase_id ORDER BY f.month DESC) AS rank
  FROM priced AS p
  JOIN price_reference AS f
    ON f.item_code = p.item_code
   AND f.area_code = p.county
  WHERE f.ref_price IS NOT NULL
    AND f.month >= CAST(DATE_TRUNC('month', p.purchase_date) - INTERVAL '3' MONTH AS DATE)
    AND f.month <= CAST(DATE_TRUNC('month', p.purchase_date) AS DATE)
), lacking AS (
  -- the published price is missing; how many were bought in the 365 days before, and the cheapest ever
  SELECT
    p.purchase_id,
    p.county,
    p.item_code,
    p.unit_price,
    p.purchase_date,
    p.area_code,
    COUNT(*) OVER (
      PARTITION BY p.item_code, p.county
      ORDER BY CAST(DATE_DIFF('day', CAST('2000-01-01' AS DATE), p.purchase_date) AS INTEGER)
      RANGE BETWEEN 365 PRECEDING AND 1 PRECEDING
    ) AS n,
    MIN(p.unit_price) OVER (PARTITION BY p.item_code, p.county) AS lowest
  FROM priced AS p
), dear AS (
  -- a median that would make the purchase too dear is at most what is allowed, rounded up
  SELECT
    p.purchase_id,
    p.county,
    p.item_code,
    p.purchase_date,
    EXTRACT(YEAR FROM p.purchase_date) AS year,
    CAST(p.unit_price / (1 + q.tol) AS DECIMAL(18, 2)) + 0.01 AS allowed,
    p.n,
    q.min_n
  FROM lacking AS p
  JOIN param AS q
    ON q.area_code = p.area_code
  LEFT JOIN published AS f
    ON f.purchase_id = p.purchase_id
   AND f.rank = 1
  WHERE f.purchase_id IS NULL
    AND p.unit_price >= (1 + CAST(q.tol AS DECIMAL(19, 6))) * p.lowest
), listed AS (
  -- the year before a day lies in two calendar years: the prices of both, among them what each purchase allows
  SELECT CAST(NULL AS VARCHAR) AS purchase_id, o.item_code, o.county, EXTRACT(YEAR FROM o.purchase_date) AS year, o.unit_price AS price, 1 AS paid
  FROM priced AS o
  UNION ALL
  SELECT CAST(NULL AS VARCHAR) AS purchase_id, o.item_code, o.county, EXTRACT(YEAR FROM o.purchase_date) + 1 AS year, o.unit_price AS price, 1 AS paid
  FROM priced AS o
  UNION ALL
  SELECT d.purchase_id, d.item_code, d.county, d.year, d.allowed AS price, 0 AS paid
  FROM dear AS d
), allowed AS (
  SELECT
    k.purchase_id,
    SUM(k.paid) OVER (PARTITION BY k.item_code, k.county, k.year ORDER BY k.price RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS cheaper
  FROM listed AS k
), asked AS (
  -- with so low a median half of the purchases of the year before are as cheap; only where they can be are they put in order
  SELECT
    d.purchase_id,
    d.county,
    d.item_code,
    d.purchase_date,
    d.min_n
  FROM dear AS d
  JOIN allowed AS k
    ON k.purchase_id = d.purchase_id
  WHERE 2 * k.cheaper >= d.n
), peer AS (
  SELECT
    k.purchase_id,
    o.unit_price,
    ROW_NUMBER() OVER (PARTITION BY k.purchase_id ORDER BY o.unit_price, o.purchase_id) AS place,
    COUNT(*) OVER (PARTITION BY k.purchase_id) AS n,
    k.min_n
  FROM asked AS k
  JOIN priced AS o
    ON o.item_code = k.item_code
   AND o.county = k.county
  WHERE o.purchase_date >= CAST(k.purchase_date - INTERVAL '12' MONTH AS DATE)
    AND o.purchase_date < k.purchase_date
), reference AS (
  SELECT f.purchase_id, CAST(f.ref_price AS DECIMAL(19, 2)) AS total, 1 AS parts
  FROM published AS f
  WHERE f.rank = 1
  UNION ALL
  -- the middle row, or the two in the middle
  SELECT e.purchase_id, CAST(SUM(e.unit_price) AS DECIMAL(19, 2)) AS total, COUNT(*) AS parts
  FROM peer AS e
  WHERE e.n >= e.min_n
    AND 2 * e.place >= e.n
    AND 2 * e.place <= e.n + 2
  GROUP BY e.purchase_id
), compared AS (
  SELECT
    p.purchase_id,
    p.village_code,
    p.area_code,
    p.item_code,
    p.unit_price,
    p.qty,
    f.total,
    f.parts,
    CAST(f.total / f.parts AS DECIMAL(18, 6)) AS reference_price
  FROM priced AS p
  JOIN reference AS f
    ON f.purchase_id = p.purchase_id
  WHERE f.total > 0
)
SELECT
  c.purchase_id,
  c.village_code,
  c.area_code,
  c.item_code,
  c.unit_price,
  c.reference_price,
  CAST(c.unit_price * c.parts / c.total AS DECIMAL(18, 6)) AS ratio,
  CAST(CAST(c.unit_price - c.reference_price AS DECIMAL(20, 6)) * c.qty AS DECIMAL(18, 2)) AS excess_amount,
  CASE WHEN c.unit_price * c.parts >= q.red_ratio * c.total THEN 'red' ELSE 'yellow' END AS grade
FROM compared AS c
JOIN param AS q
  ON q.area_code = c.area_code
WHERE c.unit_price * c.parts >= (1 + q.tol) * c.total
