WITH large AS (
  SELECT
    c.contract_id,
    c.village_code,
    q.area_code,
    c.party_id,
    c.total_amount,
    c.sign_date,
    c.legal_review_date,
    c.start_date,
    c.end_date,
    q.raise_years
  FROM village_contract AS c
  LEFT JOIN param AS own
    ON own.area_code = c.village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE c.contract_id <> ''
    AND (c.status IS NULL OR c.status <> 'void')
    AND c.total_amount >= q."limit"
    AND c.sign_date IS NOT NULL
)
SELECT
  c.contract_id,
  c.village_code,
  c.area_code,
  c.party_id,
  c.total_amount,
  c.sign_date,
  c.legal_review_date,
  CASE WHEN c.end_date > CAST(c.start_date + c.raise_years * INTERVAL '1' YEAR AS DATE) THEN 'yellow' ELSE 'blue' END AS grade
FROM large AS c
WHERE c.legal_review_date IS NULL
   OR c.legal_review_date > c.sign_date
