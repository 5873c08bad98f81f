-- whose account it is counts before the name written on the order
WITH paid AS (
  SELECT
    p.payment_id,
    p.contract_id,
    p.amount,
    p.pay_date,
    COALESCE(NULLIF(b.owner_id, ''), p.payee_id) AS payee_id
  FROM soe_payment AS p
  LEFT JOIN bank_account AS b
    ON b.account_no = p.payee_account
  WHERE p.contract_id <> ''
)
SELECT
  p.contract_id,
  p.payee_id,
  q.area_code,
  k.company_id,
  k.counterparty_id,
  COUNT(*) AS payments,
  COALESCE(SUM(p.amount), 0) AS amount_total,
  MIN(p.pay_date) AS first_pay_date,
  MAX(p.pay_date) AS last_pay_date,
  'red' AS grade
FROM paid AS p
JOIN soe_contract AS k
  ON k.contract_id = p.contract_id
LEFT JOIN company AS c
  ON c.company_id = k.company_id
LEFT JOIN param AS own
  ON own.area_code = c.area_code
CROSS JOIN run AS r
JOIN param AS q
  ON q.area_code = COALESCE(own.area_code, r.root_area)
WHERE p.payee_id <> ''
  AND k.counterparty_id <> ''
  AND p.payee_id <> k.counterparty_id
GROUP BY p.contract_id, p.payee_id, q.area_code, k.company_id, k.counterparty_id
