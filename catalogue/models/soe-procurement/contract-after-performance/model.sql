-- a lease begins when its term begins, whenever it is signed: there only payments tell
WITH paid AS (
  SELECT
    p.contract_id,
    MIN(p.pay_date) AS pay_date
  FROM soe_payment AS p
  WHERE p.contract_id <> ''
  GROUP BY p.contract_id
), performed AS (
  SELECT
    k.contract_id,
    k.company_id,
    k.counterparty_id,
    k.sign_date,
    p.pay_date,
    CASE WHEN k.contract_type = 'lease' THEN NULL ELSE k.start_date END AS start_date
  FROM soe_contract AS k
  LEFT JOIN paid AS p
    ON p.contract_id = k.contract_id
  WHERE k.contract_id <> ''
), early AS (
  SELECT
    f.contract_id,
    f.company_id,
    f.counterparty_id,
    f.sign_date,
    CASE WHEN f.start_date IS NULL OR f.pay_date < f.start_date THEN f.pay_date ELSE f.start_date END AS first_performance_date,
    CASE
      WHEN f.start_date IS NULL OR f.pay_date < f.start_date THEN 'payment'
      WHEN f.pay_date = f.start_date THEN 'payment,start'
      ELSE 'start'
    END AS kind
  FROM performed AS f
)
SELECT
  e.contract_id,
  e.company_id,
  q.area_code,
  e.counterparty_id,
  e.sign_date,
  e.first_performance_date,
  DATE_DIFF('day', e.first_performance_date, e.sign_date) AS days_early,
  e.kind,
  'yellow' AS grade
FROM early AS e
LEFT JOIN company AS c
  ON c.company_id = e.company_id
LEFT JOIN param AS own
  ON own.area_code = c.area_code
CROSS JOIN run AS r
JOIN param AS q
  ON q.area_code = COALESCE(own.area_code, r.root_area)
WHERE e.first_performance_date < CAST(e.sign_date - q.days * INTERVAL '1' DAY AS DATE)
