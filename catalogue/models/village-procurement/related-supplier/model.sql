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
), supplier AS (
  SELECT DISTINCT b.supplier_id
  FROM village_purchase AS b
  WHERE b.supplier_id <> ''
), holder AS (
  -- the supplier itself and those who control it
  SELECT
    s.supplier_id,
    s.supplier_id AS holder_id,
    CAST(NULL AS DECIMAL(18, 6)) AS share,
    CAST(NULL AS DATE) AS from_date,
    CAST(NULL AS DATE) AS to_date,
    CAST(NULL AS VARCHAR) AS min_tier
  FROM supplier AS s
  UNION ALL
  SELECT
    s.supplier_id,
    c.person_id AS holder_id,
    c.share,
    c.from_date,
    c.to_date,
    c.min_tier
  FROM supplier AS s
  JOIN controls AS c
    ON c.company_id = s.supplier_id
  WHERE c.depth <= 2
), near AS (
  SELECT
    h.supplier_id,
    h.holder_id AS person_id,
    CAST(NULL AS VARCHAR) AS relative_id,
    0 AS degree,
    CAST(NULL AS DECIMAL(18, 6)) AS confidence,
    CAST(NULL AS DATE) AS kin_from,
    CAST(NULL AS DATE) AS kin_to,
    h.share,
    h.from_date,
    h.to_date,
    h.min_tier
  FROM holder AS h
  UNION ALL
  SELECT
    h.supplier_id,
    k.person_id,
    k.relative_id,
    k.degree,
    COALESCE(k.confidence, -1) AS confidence,
    k.from_date AS kin_from,
    k.to_date AS kin_to,
    h.share,
    h.from_date,
    h.to_date,
    GREATEST(h.min_tier, k.min_tier) AS min_tier
  FROM holder AS h
  JOIN relative_of AS k
    ON k.relative_id = h.holder_id
), tied AS (
  SELECT
    p.purchase_id,
    p.village_code,
    p.supplier_id,
    p.amount,
    p.purchase_date,
    p.area_code,
    n.person_id,
    n.relative_id,
    n.degree,
    n.min_tier
  FROM near AS n
  JOIN placed AS p
    ON p.supplier_id = n.supplier_id
  JOIN in_office AS o
    ON o.village_code = p.village_code
   AND o.person_id = n.person_id
  JOIN param AS q
    ON q.area_code = p.area_code
  WHERE (o.from_date IS NULL OR o.from_date <= p.purchase_date)
    AND (o.to_date IS NULL OR o.to_date >= p.purchase_date)
    AND (n.from_date IS NULL OR n.from_date <= p.purchase_date)
    AND (n.to_date IS NULL OR n.to_date >= p.purchase_date)
    AND (n.kin_from IS NULL OR n.kin_from <= p.purchase_date)
    AND (n.kin_to IS NULL OR n.kin_to >= p.purchase_date)
    AND n.degree <= q.max_degree
    AND COALESCE(n.confidence, 1) >= q.min_conf
    AND COALESCE(n.share, 1) >= q.min_ratio
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
