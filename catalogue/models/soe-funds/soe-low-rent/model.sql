-- compared with leases of other premises of the same use in the same place, signed in the three years before
WITH lease AS (
  SELECT
    k.contract_id,
    k.company_id,
    k.counterparty_id,
    k.asset_id,
    k.sign_date,
    k.start_date,
    k.end_date,
    p.usage,
    p.area_code AS place_code,
    CASE WHEN p.area > 0 THEN CAST(k.annual_rent / p.area AS DECIMAL(18, 6)) END AS unit_rent,
    q.area_code,
    q.ratio,
    q.max_years,
    q.min_peers,
    q.min_ratio,
    q.max_degree,
    q.min_conf
  FROM soe_contract AS k
  JOIN real_estate AS p
    ON p.property_no = k.asset_id
  LEFT JOIN company AS c
    ON c.company_id = k.company_id
  LEFT JOIN param AS own
    ON own.area_code = c.area_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE k.contract_type = 'lease'
    AND k.contract_id <> ''
), peer AS (
  SELECT
    x.contract_id,
    y.unit_rent,
    ROW_NUMBER() OVER (PARTITION BY x.contract_id ORDER BY y.unit_rent, y.contract_id) AS place,
    COUNT(*) OVER (PARTITION BY x.contract_id) AS peers
  FROM lease AS x
  JOIN lease AS y
    ON y.place_code = x.place_code
   AND y.usage = x.usage
  WHERE y.asset_id <> x.asset_id
    AND y.unit_rent IS NOT NULL
    AND y.sign_date >= CAST(x.sign_date - INTERVAL '36' MONTH AS DATE)
    AND y.sign_date < x.sign_date
), median AS (
  SELECT
    p.contract_id,
    MAX(p.peers) AS peers,
    CAST(SUM(p.unit_rent) / COUNT(*) AS DECIMAL(18, 6)) AS rent
  FROM peer AS p
  WHERE 2 * p.place BETWEEN p.peers AND p.peers + 2
  GROUP BY p.contract_id
), behind AS (
  -- the party itself and its controllers on that day
  SELECT x.contract_id, x.counterparty_id AS close_id, CAST(NULL AS VARCHAR) AS min_tier
  FROM lease AS x
  UNION ALL
  SELECT x.contract_id, k.person_id AS close_id, k.min_tier
  FROM lease AS x
  JOIN controls AS k
    ON k.company_id = x.counterparty_id
  WHERE k.depth <= 2
    AND (k.share IS NULL OR k.share >= x.min_ratio)
    AND (k.from_date IS NULL OR k.from_date <= x.sign_date)
    AND (k.to_date IS NULL OR k.to_date >= x.sign_date)
), kin AS (
  SELECT b.contract_id, b.close_id AS person_id, b.min_tier
  FROM behind AS b
  UNION ALL
  SELECT b.contract_id, f.person_id, GREATEST(f.min_tier, b.min_tier) AS min_tier
  FROM behind AS b
  JOIN lease AS x
    ON x.contract_id = b.contract_id
  JOIN relative_of AS f
    ON f.relative_id = b.close_id
  WHERE f.degree <= x.max_degree
    AND f.confidence >= x.min_conf
    AND (f.from_date IS NULL OR f.from_date <= x.sign_date)
    AND (f.to_date IS NULL OR f.to_date >= x.sign_date)
), insider AS (
  SELECT
    x.contract_id,
    MAX(n.min_tier) AS min_tier
  FROM lease AS x
  JOIN kin AS n
    ON n.contract_id = x.contract_id
  JOIN soe_employee AS e
    ON e.person_id = n.person_id
   AND e.company_id = x.company_id
  WHERE e.hire_date <= x.sign_date
    AND (e.leave_date IS NULL OR e.leave_date >= x.sign_date)
  GROUP BY x.contract_id
), tested AS (
  SELECT
    x.contract_id,
    CASE WHEN m.peers >= x.min_peers THEN m.rent END AS median_rent,
    COALESCE(m.peers >= x.min_peers AND x.unit_rent < CAST(x.ratio AS DECIMAL(19, 6)) * m.rent, FALSE) AS is_cheap,
    COALESCE(x.end_date IS NULL OR x.end_date > CAST(COALESCE(x.start_date, x.sign_date) + x.max_years * INTERVAL '1' YEAR AS DATE), FALSE)
    AND NOT EXISTS (
      SELECT 1
      FROM soe_asset_deal AS d
      WHERE d.asset_id = x.asset_id
        AND d.company_id = x.company_id
        AND d.method = 'lease_listing'
        AND d.deal_date <= x.sign_date
        AND d.deal_date > CAST(x.sign_date - 180 * INTERVAL '1' DAY AS DATE)
    ) AS is_long
  FROM lease AS x
  LEFT JOIN median AS m
    ON m.contract_id = x.contract_id
)
SELECT
  x.contract_id,
  x.area_code,
  x.company_id,
  x.counterparty_id,
  CASE WHEN t.is_cheap AND t.is_long THEN 'rent,term' WHEN t.is_cheap THEN 'rent' ELSE 'term' END AS reasons,
  x.unit_rent,
  t.median_rent,
  CAST(DATE_DIFF('day', COALESCE(x.start_date, x.sign_date), x.end_date) / 365.25 AS DECIMAL(18, 6)) AS term_years,
  x.end_date,
  i.min_tier AS identity_tier,
  CASE WHEN i.contract_id IS NOT NULL THEN 'red' ELSE 'yellow' END AS grade
FROM lease AS x
JOIN tested AS t
  ON t.contract_id = x.contract_id
LEFT JOIN insider AS i
  ON i.contract_id = x.contract_id
WHERE t.is_cheap
   OR t.is_long
