-- tested as total > limit * amount, never on the rounded ratio; a contract without a positive amount has no ratio
-- changes are in the contract's own currency, so the ratio holds in any currency
WITH increase AS (
  SELECT
    g.contract_id,
    SUM(g.amount) AS change_total,
    COUNT(*) AS changes,
    MAX(g.change_date) AS last_change_date
  FROM contract_change AS g
  WHERE g.amount > 0
  GROUP BY g.contract_id
), placed AS (
  SELECT
    c.contract_id,
    c.section_id,
    c.contractor_id,
    c.amount,
    i.change_total,
    i.changes,
    i.last_change_date,
    COALESCE(q.area_code, r.root_area) AS area_code
  FROM tender_contract AS c
  JOIN increase AS i
    ON i.contract_id = c.contract_id
  LEFT JOIN tender_section AS s
    ON s.section_id = c.section_id
  LEFT JOIN tender AS t
    ON t.tender_id = s.tender_id
  LEFT JOIN param AS q
    ON q.area_code = t.area_code
  CROSS JOIN run AS r
  WHERE c.amount > 0
    AND (t.status IS NULL OR t.status <> 'cancelled')
)
SELECT
  p.contract_id,
  p.section_id,
  p.contractor_id,
  p.amount AS contract_amount,
  CAST(p.change_total / p.amount AS DECIMAL(18, 6)) AS ratio,
  CAST(p.change_total AS DECIMAL(18, 2)) AS change_total,
  p.changes,
  p.last_change_date,
  p.area_code,
  CASE WHEN p.change_total >= CAST(q.red_limit AS DECIMAL(19, 6)) * p.amount THEN 'red' ELSE 'yellow' END AS grade
FROM placed AS p
JOIN param AS q
  ON q.area_code = p.area_code
WHERE p.change_total > CAST(q.limit AS DECIMAL(19, 6)) * p.amount
