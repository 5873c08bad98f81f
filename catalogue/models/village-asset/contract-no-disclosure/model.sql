WITH published AS (
  SELECT DISTINCT
    d.matter_id
  FROM village_disclosure AS d
  CROSS JOIN run AS r
  WHERE d.matter_type = 'contract'
    AND d.publish_date <= r.as_of
), asked AS (
  SELECT
    c.contract_id,
    a.appeal_id
  FROM village_contract AS c
  JOIN appeal AS a
    ON a.matter_id = c.contract_id
  CROSS JOIN run AS r
  WHERE CAST(a.filed_time AS DATE) <= r.as_of
  UNION ALL
  SELECT
    c.contract_id,
    a.appeal_id
  FROM village_contract AS c
  JOIN appeal AS a
    ON a.matter_id = c.asset_id
  CROSS JOIN run AS r
  WHERE CAST(a.filed_time AS DATE) <= r.as_of
    AND c.asset_id <> ''
), appealed AS (
  SELECT
    a.contract_id,
    COUNT(DISTINCT a.appeal_id) AS appeals
  FROM asked AS a
  GROUP BY a.contract_id
)
SELECT
  c.contract_id,
  c.village_code,
  q.area_code,
  c.sign_date,
  DATE_DIFF('day', c.sign_date, r.as_of) AS days_undisclosed,
  COALESCE(a.appeals, 0) AS appeals,
  CASE WHEN a.appeals > 0 THEN 'yellow' ELSE 'blue' END AS grade
FROM village_contract AS c
LEFT JOIN published AS p
  ON p.matter_id = c.contract_id
LEFT JOIN appealed AS a
  ON a.contract_id = c.contract_id
LEFT JOIN param AS own
  ON own.area_code = c.village_code
CROSS JOIN run AS r
JOIN param AS q
  ON q.area_code = COALESCE(own.area_code, r.root_area)
WHERE c.contract_id <> ''
  AND c.status = 'active'
  AND p.matter_id IS NULL
  AND DATE_DIFF('day', c.sign_date, r.as_of) > q.max_days
