WITH signed AS (
  SELECT
    c.contract_id,
    c.village_code,
    q.area_code,
    c.party_id,
    c.sign_date,
    c.annual_rent,
    c.trade_id,
    q.max_degree,
    q.min_conf,
    q.min_ratio
  FROM village_contract AS c
  LEFT JOIN param AS own
    ON own.area_code = c.village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE c.contract_id <> ''
    AND c.party_id <> ''
    AND (c.status IS NULL OR c.status <> 'void')
    AND c.sign_date <= r.as_of
), behind AS (
  -- the party itself, and who controls it on the day of signing
  SELECT
    c.contract_id,
    c.village_code,
    c.sign_date,
    c.max_degree,
    c.min_conf,
    c.party_id AS person_id,
    'T1' AS min_tier
  FROM signed AS c
  UNION ALL
  SELECT
    c.contract_id,
    c.village_code,
    c.sign_date,
    c.max_degree,
    c.min_conf,
    k.person_id,
    k.min_tier
  FROM signed AS c
  JOIN controls AS k
    ON k.company_id = c.party_id
  WHERE k.depth <= 2
    AND COALESCE(k.share, 1) >= c.min_ratio
    AND (k.from_date IS NULL OR k.from_date <= c.sign_date)
    AND (k.to_date IS NULL OR k.to_date >= c.sign_date)
), near AS (
  SELECT
    b.contract_id,
    b.village_code,
    b.sign_date,
    b.person_id AS official_id,
    CAST(NULL AS VARCHAR) AS relative_id,
    0 AS degree,
    b.min_tier
  FROM behind AS b
  UNION ALL
  SELECT
    b.contract_id,
    b.village_code,
    b.sign_date,
    n.person_id AS official_id,
    n.relative_id,
    n.degree,
    CASE WHEN n.min_tier < b.min_tier THEN b.min_tier ELSE n.min_tier END AS min_tier
  FROM behind AS b
  JOIN relative_of AS n
    ON n.relative_id = b.person_id
  WHERE n.degree <= b.max_degree
    AND n.confidence >= b.min_conf
    AND (n.from_date IS NULL OR n.from_date <= b.sign_date)
    AND (n.to_date IS NULL OR n.to_date >= b.sign_date)
), tie AS (
  SELECT
    n.contract_id,
    n.official_id,
    n.relative_id,
    n.min_tier,
    ROW_NUMBER() OVER (PARTITION BY n.contract_id ORDER BY n.official_id, n.degree, n.relative_id, n.min_tier) AS rank
  FROM near AS n
  JOIN in_office AS o
    ON o.person_id = n.official_id
   AND o.village_code = n.village_code
  WHERE (o.from_date IS NULL OR o.from_date <= n.sign_date)
    AND (o.to_date IS NULL OR o.to_date >= n.sign_date)
), tied AS (
  SELECT
    k.contract_id,
    MAX(CASE WHEN k.rank = 1 THEN k.official_id END) AS person_id,
    MAX(CASE WHEN k.rank = 1 THEN k.relative_id END) AS relative_id,
    MAX(CASE WHEN k.rank = 1 THEN k.min_tier END) AS min_tier,
    COUNT(DISTINCT k.official_id) AS officials
  FROM tie AS k
  GROUP BY k.contract_id
), due AS (
  SELECT
    d.contract_id,
    SUM(d.amount_due) AS amount_due
  FROM rent_receivable AS d
  CROSS JOIN run AS r
  WHERE d.due_date < CAST(r.as_of - 30 * INTERVAL '1' DAY AS DATE)
  GROUP BY d.contract_id
), paid AS (
  SELECT
    p.contract_id,
    SUM(p.amount) AS received
  FROM rent_receipt AS p
  CROSS JOIN run AS r
  WHERE p.received_date <= r.as_of
  GROUP BY p.contract_id
)
SELECT
  c.contract_id,
  k.person_id,
  k.relative_id,
  c.village_code,
  c.area_code,
  c.party_id,
  c.annual_rent,
  c.sign_date,
  CAST(COALESCE(d.amount_due, 0) - COALESCE(p.received, 0) AS DECIMAL(18, 2)) AS unpaid,
  k.officials,
  k.min_tier AS identity_tier,
  CASE
    WHEN COALESCE(c.trade_id, '') = '' THEN 'red'
    WHEN COALESCE(d.amount_due, 0) > COALESCE(p.received, 0) THEN 'red'
    ELSE 'yellow'
  END AS grade
FROM signed AS c
JOIN tied AS k
  ON k.contract_id = c.contract_id
LEFT JOIN due AS d
  ON d.contract_id = c.contract_id
LEFT JOIN paid AS p
  ON p.contract_id = c.contract_id
