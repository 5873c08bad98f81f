WITH let AS (
  SELECT
    c.asset_id,
    MAX(c.end_date) AS last_contract_end,
    MAX(CASE WHEN c.end_date IS NULL OR c.end_date >= r.as_of THEN 1 ELSE 0 END) AS in_force
  FROM village_contract AS c
  CROSS JOIN run AS r
  WHERE (c.status IS NULL OR c.status <> 'void')
    AND (c.start_date IS NULL OR c.start_date <= r.as_of)
  GROUP BY c.asset_id
), income AS (
  -- vouchers carry no asset: the test is on the village
  SELECT
    v.village_code,
    MAX(v.voucher_date) AS last_income_date
  FROM village_voucher AS v
  LEFT JOIN param AS own
    ON own.area_code = v.village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE v.credit > 0
    AND v.voucher_date <= r.as_of
    AND REGEXP_REPLACE(v.account_code, '^(' || q.income_accounts || ')', '', 'g') <> v.account_code
  GROUP BY v.village_code
)
SELECT
  a.asset_id,
  a.village_code,
  q.area_code,
  a.asset_type,
  a.area,
  l.last_contract_end,
  i.last_income_date,
  'yellow' AS grade
FROM village_asset AS a
LEFT JOIN let AS l
  ON l.asset_id = a.asset_id
LEFT JOIN income AS i
  ON i.village_code = a.village_code
LEFT JOIN param AS own
  ON own.area_code = a.village_code
CROSS JOIN run AS r
JOIN param AS q
  ON q.area_code = COALESCE(own.area_code, r.root_area)
WHERE a.asset_id <> ''
  AND STRPOS('|' || q.resource_types || '|', '|' || NULLIF(a.asset_type, '') || '|') > 0
  AND a.area >= q.min_area
  AND COALESCE(l.in_force, 0) = 0
  AND (
    i.last_income_date IS NULL
    OR i.last_income_date <= CAST(r.as_of - q.window_months * INTERVAL '1' MONTH AS DATE)
  )
