-- office, kinship and control are all read on the day of the purchase
WITH placed AS (
  SELECT
    b.purchase_id,
    b.village_code,
    b.supplier_id,
    b.amount,
    b.purchase_date,
    q.area_code
  FROM village_purchase AS b
  LEFT JOIN param AS own
    ON own.area_code = b.village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE b.village_code <> ''
    AND b.supplier_id <> ''
    AND b.purchase_date IS NOT NULL
), serving AS (
  SELECT DISTINCT
    p.purchase_id,
    p.village_code,
    p.supplier_id,
    p.amount,
    p.purchase_date,
    p.area_code,
    o.person_id
  FROM placed AS p
  JOIN in_office AS o
    ON o.village_code = p.village_code
  WHERE (o.from_date IS NULL OR o.from_date <= p.purchase_date)
    AND (o.to_date IS NULL OR o.to_date >= p.purchase_date)
), near AS (
  SELECT
    s.purchase_id,
    s.village_code,
    s.supplier_id,
    s.amount,
    s.purchase_date,
    s.area_code,
    s.person_id,
    s.person_id AS tied_id,
    CAST(NULL AS VARCHAR) AS relative_id,
    0 AS degree,
    CAST(NULL AS VARCHAR) AS min_tier
  FROM serving AS s
  UNION ALL
  SELECT
    s.purchase_id,
    s.village_code,
    s.supplier_id,
    s.amount,
    s.purchase_date,
    s.area_code,
    s.person_id,
    k.relative_id AS tied_id,
    k.relative_id,
    k.degree,
    k.min_tier
  FROM serving AS s
  JOIN relative_of AS k
    ON k.person_id = s.person_id
  JOIN param AS q
    ON q.area_code = s.area_code
  WHERE k.degree <= q.max_degree
    AND k.confidence >= q.min_conf
    AND (k.from_date IS NULL OR k.from_date <= s.purchase_date)
    AND (k.to_date IS NULL OR k.to_date >= s.purchase_date)
), tied AS (
  SELECT n.purchase_id, n.village_code, n.supplier_id, n.amount, n.purchase_date, n.area_code, n.person_id, n.relative_id, n.degree, n.min_tier
  FROM near AS n
  WHERE n.tied_id = n.supplier_id
  UNION ALL
  SELECT
    n.purchase_id,
    n.village_code,
    n.supplier_id,
    n.amount,
    n.purchase_date,
    n.area_code,
    n.person_id,
    n.relative_id,
    n.degree,
    GREATEST(n.min_tier, c.min_tier) AS min_tier
  FROM near AS n
  JOIN controls AS c
    ON c.company_id = n.supplier_id
   AND c.person_id = n.tied_id
  JOIN param AS q
    ON q.area_code = n.area_code
  WHERE c.depth <= 2
    AND COALESCE(c.share, 1) >= q.min_ratio
    AND (c.from_date IS NULL OR c.from_date <= n.purchase_date)
    AND (c.to_date IS NULL OR c.to_date >= n.purchase_date)
), nearest AS (
  SELECT
    t.village_code,
    t.supplier_id,
    EXTRACT(YEAR FROM t.purchase_date) AS year,
    t.person_id,
    t.relative_id,
    t.min_tier,
    ROW_NUMBER() OVER (
      PARTITION BY t.village_code, t.supplier_id, EXTRACT(YEAR FROM t.purchase_date)
      ORDER BY t.degree, t.relative_id, t.person_id, t.min_tier
    ) AS rank
  FROM tied AS t
), bought AS (
  SELECT DISTINCT
    t.purchase_id,
    t.village_code,
    t.supplier_id,
    EXTRACT(YEAR FROM t.purchase_date) AS year,
    t.amount,
    t.area_code
  FROM tied AS t
), summed AS (
  SELECT
    b.village_code,
    b.supplier_id,
    b.year,
    b.area_code,
    COUNT(*) AS purchases,
    COALESCE(SUM(b.amount), 0) AS amount_total
  FROM bought AS b
  GROUP BY b.village_code, b.supplier_id, b.year, b.area_code
)
SELECT
  s.village_code,
  s.supplier_id,
  CAST(s.year AS INTEGER) AS year,
  s.area_code,
  n.person_id,
  n.relative_id,
  s.purchases,
  s.amount_total,
  n.min_tier AS identity_tier,
  'red' AS grade
FROM summed AS s
JOIN nearest AS n
  ON n.village_code = s.village_code
 AND n.supplier_id = s.supplier_id
 AND n.year = s.year
 AND n.rank = 1
JOIN param AS q
  ON q.area_code = s.area_code
WHERE s.amount_total >= q.min_total
