WITH running AS (
  SELECT
    c.contract_id,
    c.village_code,
    c.asset_id,
    c.party_id,
    SUM(c.area) OVER (PARTITION BY c.asset_id) AS contract_area,
    ROW_NUMBER() OVER (PARTITION BY c.asset_id ORDER BY c.area DESC, c.contract_id) AS rank
  FROM village_contract AS c
  CROSS JOIN run AS r
  WHERE c.asset_id <> ''
    AND (c.status IS NULL OR c.status <> 'void')
    AND c.area > 0
    AND (c.start_date IS NULL OR c.start_date <= r.as_of)
    AND (c.end_date IS NULL OR c.end_date >= r.as_of)
)
SELECT
  c.contract_id,
  c.village_code,
  q.area_code,
  c.asset_id,
  c.party_id,
  CAST(c.contract_area AS DECIMAL(18, 6)) AS contract_area,
  a.area AS actual_area,
  CAST(a.area / c.contract_area AS DECIMAL(18, 6)) AS ratio,
  CASE WHEN a.certificate_no <> '' THEN 'certificate' ELSE 'register' END AS source,
  'yellow' AS grade
FROM running AS c
JOIN village_asset AS a
  ON a.asset_id = c.asset_id
LEFT JOIN param AS own
  ON own.area_code = c.village_code
CROSS JOIN run AS r
JOIN param AS q
  ON q.area_code = COALESCE(own.area_code, r.root_area)
WHERE c.contract_id <> ''
  AND c.rank = 1
  AND a.area >= c.contract_area * (1 + q.tol)
