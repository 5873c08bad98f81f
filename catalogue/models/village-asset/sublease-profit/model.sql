WITH let AS (
  SELECT
    c.contract_id,
    c.village_code,
    q.area_code,
    c.party_id,
    c.annual_rent,
    c.start_date,
    c.end_date,
    a.location,
    q.tol,
    q.rent_words,
    q.min_tenants
  FROM village_contract AS c
  JOIN village_asset AS a
    ON a.asset_id = c.asset_id
  LEFT JOIN param AS own
    ON own.area_code = c.village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE c.contract_id <> ''
    AND (c.status IS NULL OR c.status <> 'void')
    AND LENGTH(a.location) >= 4
), sublet AS (
  SELECT
    l.contract_id,
    l.village_code,
    l.area_code,
    l.party_id,
    l.annual_rent,
    CAST(EXTRACT(YEAR FROM i.issue_date) AS BIGINT) AS year,
    i.buyer_id,
    i.amount,
    l.tol,
    l.min_tenants
  FROM let AS l
  JOIN invoice AS i
    ON i.seller_id = l.party_id
  JOIN company AS b
    ON b.company_id = i.buyer_id
  WHERE i.status = 'normal'
    -- the list is a pattern of words, any of which may stand in the text
    AND REGEXP_REPLACE(i.item_name, l.rent_words, '', 'g') <> i.item_name
    AND i.issue_date IS NOT NULL
    AND (l.start_date IS NULL OR l.start_date <= i.issue_date)
    AND (l.end_date IS NULL OR l.end_date >= i.issue_date)
    AND STRPOS(b.address, l.location) > 0
), yearly AS (
  SELECT
    s.contract_id,
    s.village_code,
    s.area_code,
    s.party_id,
    s.annual_rent,
    s.year,
    SUM(s.amount) AS invoiced_total,
    COUNT(DISTINCT s.buyer_id) AS tenants
  FROM sublet AS s
  GROUP BY s.contract_id, s.village_code, s.area_code, s.party_id, s.annual_rent, s.year, s.tol, s.min_tenants
  HAVING SUM(s.amount) > s.annual_rent * (1 + CAST(s.tol AS DECIMAL(19, 6)))
     AND COUNT(DISTINCT s.buyer_id) >= s.min_tenants
), ranked AS (
  SELECT
    y.contract_id,
    y.village_code,
    y.area_code,
    y.party_id,
    y.annual_rent,
    y.year,
    y.invoiced_total,
    y.tenants,
    ROW_NUMBER() OVER (PARTITION BY y.contract_id ORDER BY y.invoiced_total DESC, y.year) AS rank
  FROM yearly AS y
)
SELECT
  y.contract_id,
  y.village_code,
  y.area_code,
  y.party_id,
  y.year,
  CAST(y.invoiced_total AS DECIMAL(18, 2)) AS invoiced_total,
  y.annual_rent,
  y.tenants,
  'red' AS grade
FROM ranked AS y
WHERE y.rank = 1
