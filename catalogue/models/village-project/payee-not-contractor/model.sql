-- office and kinship are read on the day of the payment; legal representatives as registered now
WITH paid AS (
  SELECT
    y.payment_id,
    y.project_id,
    p.village_code,
    p.contractor_id,
    COALESCE(NULLIF(b.owner_id, ''), y.payee_id) AS payee_id,
    y.amount,
    y.pay_date,
    q.area_code
  FROM village_project_payment AS y
  JOIN village_project AS p
    ON p.project_id = y.project_id
  LEFT JOIN bank_account AS b
    ON b.account_no = y.payee_account
  LEFT JOIN param AS own
    ON own.area_code = p.village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE y.pay_date IS NOT NULL
), serving AS (
  SELECT DISTINCT
    p.payment_id,
    p.project_id,
    p.village_code,
    p.payee_id,
    p.amount,
    p.pay_date,
    p.area_code,
    o.person_id
  FROM paid AS p
  JOIN in_office AS o
    ON o.village_code = p.village_code
  WHERE (p.payee_id <> p.contractor_id OR p.contractor_id IS NULL OR p.contractor_id = '')
    AND (o.from_date IS NULL OR o.from_date <= p.pay_date)
    AND (o.to_date IS NULL OR o.to_date >= p.pay_date)
), near AS (
  SELECT
    s.payment_id,
    s.project_id,
    s.village_code,
    s.payee_id,
    s.amount,
    s.pay_date,
    s.area_code,
    s.person_id,
    s.person_id AS tied_id,
    CAST(NULL AS VARCHAR) AS relative_id,
    0 AS degree,
    CAST(NULL AS VARCHAR) AS min_tier
  FROM serving AS s
  UNION ALL
  SELECT
    s.payment_id,
    s.project_id,
    s.village_code,
    s.payee_id,
    s.amount,
    s.pay_date,
    s.area_code,
    s.person_id,
    k.relative_id AS tied_id,
    k.relative_id,
    k.degree,
    k.min_tier
  FROM serving AS s
  JOIN relative_of AS k
    ON k.person_id = s.person_id
  JOIN param AS q
    ON q.area_code = s.area_code
  WHERE k.degree <= q.max_degree
    AND k.confidence >= q.min_conf
    AND (k.from_date IS NULL OR k.from_date <= s.pay_date)
    AND (k.to_date IS NULL OR k.to_date >= s.pay_date)
), tied AS (
  SELECT n.payment_id, n.project_id, n.village_code, n.payee_id, n.amount, n.pay_date, n.area_code, n.person_id, n.relative_id, n.degree, n.min_tier
  FROM near AS n
  WHERE n.tied_id = n.payee_id
  UNION ALL
  SELECT n.payment_id, n.project_id, n.village_code, n.payee_id, n.amount, n.pay_date, n.area_code, n.person_id, n.relative_id, n.degree, n.min_tier
  FROM near AS n
  JOIN company AS c
    ON c.company_id = n.payee_id
   AND c.legal_rep_id = n.tied_id
), nearest AS (
  SELECT
    t.project_id,
    t.payee_id,
    t.person_id,
    t.relative_id,
    t.min_tier,
    ROW_NUMBER() OVER (PARTITION BY t.project_id, t.payee_id ORDER BY t.degree, t.relative_id, t.person_id, t.min_tier) AS rank
  FROM tied AS t
), payment AS (
  SELECT DISTINCT
    t.payment_id,
    t.project_id,
    t.village_code,
    t.payee_id,
    t.amount,
    t.pay_date,
    t.area_code
  FROM tied AS t
)
SELECT
  y.project_id,
  y.payee_id,
  y.village_code,
  y.area_code,
  MAX(n.person_id) AS person_id,
  MAX(n.relative_id) AS relative_id,
  COALESCE(SUM(y.amount), 0) AS paid_total,
  COUNT(*) AS payments,
  MIN(y.pay_date) AS first_pay_date,
  MAX(y.pay_date) AS last_pay_date,
  MAX(n.min_tier) AS identity_tier,
  'red' AS grade
FROM payment AS y
JOIN nearest AS n
  ON n.project_id = y.project_id
 AND n.payee_id = y.payee_id
 AND n.rank = 1
WHERE y.project_id <> ''
  AND y.payee_id <> ''
GROUP BY y.project_id, y.payee_id, y.village_code, y.area_code
