WITH term AS (
  SELECT
    c.contract_id,
    c.village_code,
    q.area_code,
    c.party_id,
    c.start_date,
    c.end_date,
    q.max_years
  FROM village_contract AS c
  LEFT JOIN param AS own
    ON own.area_code = c.village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE c.contract_id <> ''
    AND (c.status IS NULL OR c.status <> 'void')
    AND COALESCE(STRPOS('|' || q.exempt_types || '|', '|' || NULLIF(c.contract_type, '') || '|'), 0) = 0
    AND c.end_date > CAST(c.start_date + q.local_max_years * INTERVAL '1' YEAR AS DATE)
)
SELECT
  t.contract_id,
  t.village_code,
  t.area_code,
  t.party_id,
  t.start_date,
  t.end_date,
  CAST(DATE_DIFF('day', t.start_date, t.end_date) / 365.25 AS DECIMAL(18, 2)) AS term_years,
  CASE WHEN t.end_date > CAST(t.start_date + t.max_years * INTERVAL '1' YEAR AS DATE) THEN 'red' ELSE 'yellow' END AS grade
FROM term AS t
