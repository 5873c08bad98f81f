WITH paid AS (
  SELECT
    p.contract_id,
    SUM(p.amount) AS paid
  FROM soe_payment AS p
  WHERE p.contract_id <> ''
  GROUP BY p.contract_id
), contracted AS (
  SELECT
    k.purchase_id,
    COALESCE(SUM(k.amount), 0) AS contract_amount,
    COALESCE(SUM(p.paid), 0) AS paid_total,
    GREATEST(COALESCE(SUM(k.amount), 0), COALESCE(SUM(p.paid), 0)) AS larger,
    STRING_AGG(k.contract_id, ',' ORDER BY k.contract_id) AS contract_ids
  FROM soe_contract AS k
  LEFT JOIN paid AS p
    ON p.contract_id = k.contract_id
  WHERE k.purchase_id <> ''
  GROUP BY k.purchase_id
), risen AS (
  SELECT
    b.purchase_id,
    b.company_id,
    b.award_amount,
    t.contract_ids,
    t.contract_amount,
    t.paid_total,
    t.larger,
    q.area_code,
    q.red_tol
  FROM soe_purchase AS b
  JOIN contracted AS t
    ON t.purchase_id = b.purchase_id
  LEFT JOIN company AS c
    ON c.company_id = b.company_id
  LEFT JOIN param AS own
    ON own.area_code = c.area_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE b.award_amount > 0
    AND t.larger > (1 + CAST(q.tol AS DECIMAL(19, 6))) * b.award_amount
)
SELECT
  x.purchase_id,
  x.company_id,
  x.area_code,
  x.contract_ids,
  x.award_amount,
  x.contract_amount,
  x.paid_total,
  CAST(x.larger / x.award_amount AS DECIMAL(18, 6)) AS ratio,
  CASE WHEN x.larger >= (1 + CAST(x.red_tol AS DECIMAL(19, 6))) * x.award_amount THEN 'red' ELSE 'yellow' END AS grade
FROM risen AS x
WHERE NOT EXISTS (
  -- a decision on a supplement that covers the whole rise
  SELECT 1
  FROM soe_contract AS k
  JOIN soe_payment AS p
    ON p.contract_id = k.contract_id
  JOIN soe_decision AS d
    ON d.decision_id = p.decision_id
  WHERE k.purchase_id = x.purchase_id
    AND d.company_id = x.company_id
    AND d.matter_type = 'supplement'
    AND d.amount >= x.larger - x.award_amount
)
