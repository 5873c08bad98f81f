WITH let AS (
  SELECT
    c.contract_id,
    c.village_code,
    SUBSTR(c.village_code, 1, 9) AS town,
    q.area_code,
    c.party_id,
    c.asset_id,
    a.asset_type,
    c.contract_type,
    c.sign_date,
    CAST(c.sign_date - q.window_years * INTERVAL '1' YEAR AS DATE) AS peers_from,
    c.annual_rent,
    c.area,
    CAST(c.annual_rent / c.area AS DECIMAL(28, 10)) AS unit_rent,
    q.low_ratio,
    q.min_n
  FROM village_contract AS c
  JOIN village_asset AS a
    ON a.asset_id = c.asset_id
  LEFT JOIN param AS own
    ON own.area_code = c.village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE (c.status IS NULL OR c.status <> 'void')
    AND c.contract_type IN ('lease', 'land')
    AND c.annual_rent > 0
    AND c.area > 0
    AND a.asset_type <> ''
), cheap AS (
  -- below the median stands only who is below half of its peers: the few that are get a median
  SELECT
    c.contract_id,
    COUNT(*) AS peer_count
  FROM let AS c
  JOIN let AS p
    ON p.town = c.town
   AND p.asset_type = c.asset_type
   AND p.contract_type = c.contract_type
   AND p.asset_id <> c.asset_id
   AND p.sign_date >= c.peers_from
   AND p.sign_date <= c.sign_date
  GROUP BY c.contract_id, c.min_n
  HAVING COUNT(*) >= c.min_n
     AND 2 * SUM(CASE WHEN c.unit_rent < c.low_ratio * p.unit_rent THEN 1 ELSE 0 END) >= COUNT(*)
), ranked AS (
  SELECT
    k.contract_id,
    k.peer_count,
    p.annual_rent,
    p.area,
    p.unit_rent,
    ROW_NUMBER() OVER (PARTITION BY k.contract_id ORDER BY p.unit_rent, p.contract_id) AS place
  FROM cheap AS k
  JOIN let AS c
    ON c.contract_id = k.contract_id
  JOIN let AS p
    ON p.town = c.town
   AND p.asset_type = c.asset_type
   AND p.contract_type = c.contract_type
   AND p.asset_id <> c.asset_id
   AND p.sign_date >= c.peers_from
   AND p.sign_date <= c.sign_date
), middle AS (
  -- the two peers in the middle; with an odd number they are one
  SELECT
    k.contract_id,
    k.peer_count,
    MAX(CASE WHEN 2 * k.place IN (k.peer_count, k.peer_count + 1) THEN k.annual_rent END) AS lower_rent,
    MAX(CASE WHEN 2 * k.place IN (k.peer_count, k.peer_count + 1) THEN k.area END) AS lower_area,
    MAX(CASE WHEN 2 * k.place IN (k.peer_count + 1, k.peer_count + 2) THEN k.annual_rent END) AS upper_rent,
    MAX(CASE WHEN 2 * k.place IN (k.peer_count + 1, k.peer_count + 2) THEN k.area END) AS upper_area,
    CAST(SUM(CASE WHEN 2 * k.place IN (k.peer_count, k.peer_count + 1) THEN k.unit_rent END) / 2
      + SUM(CASE WHEN 2 * k.place IN (k.peer_count + 1, k.peer_count + 2) THEN k.unit_rent END) / 2 AS DECIMAL(28, 10)) AS median_rent
  FROM ranked AS k
  GROUP BY k.contract_id, k.peer_count
), low AS (
  -- tested crosswise, without a quotient; a billionth of a thousandth is left for the arithmetic
  SELECT
    c.contract_id,
    c.village_code,
    c.area_code,
    c.party_id,
    c.sign_date,
    c.unit_rent,
    m.median_rent,
    m.peer_count
  FROM let AS c
  JOIN middle AS m
    ON m.contract_id = c.contract_id
  WHERE 2 * CAST(c.annual_rent AS DOUBLE) * m.lower_area * m.upper_area
    < c.low_ratio * CAST(c.area AS DOUBLE) * (m.lower_rent * CAST(m.upper_area AS DOUBLE) + m.upper_rent * CAST(m.lower_area AS DOUBLE))
      * CAST(0.999999999999 AS DOUBLE)
), tie AS (
  SELECT
    c.contract_id,
    MIN(t.min_tier) AS min_tier
  FROM low AS c
  JOIN in_office AS o
    ON o.village_code = c.village_code
  JOIN related_party AS t
    ON t.official_id = o.person_id
   AND t.party_id = c.party_id
  JOIN param AS q
    ON q.area_code = c.area_code
  WHERE (o.from_date IS NULL OR o.from_date <= c.sign_date)
    AND (o.to_date IS NULL OR o.to_date >= c.sign_date)
    AND (t.from_date IS NULL OR t.from_date <= c.sign_date)
    AND (t.to_date IS NULL OR t.to_date >= c.sign_date)
    AND t.degree <= q.max_degree
    AND COALESCE(t.confidence, 1) >= q.min_conf
    AND COALESCE(t.share, 1) >= q.min_ratio
    AND t.levels <= 2
  GROUP BY c.contract_id
)
SELECT
  c.contract_id,
  c.village_code,
  c.area_code,
  c.party_id,
  CAST(c.unit_rent AS DECIMAL(18, 6)) AS unit_rent,
  CAST(c.median_rent AS DECIMAL(18, 6)) AS median_rent,
  CAST(c.unit_rent / c.median_rent AS DECIMAL(18, 6)) AS ratio,
  c.peer_count,
  k.min_tier AS identity_tier,
  CASE WHEN k.contract_id IS NULL THEN 'yellow' ELSE 'red' END AS grade
FROM low AS c
LEFT JOIN tie AS k
  ON k.contract_id = c.contract_id
WHERE c.contract_id <> ''
