-- each payment just below the approval level opens a window; the window with the largest sum is shown, the earliest of equal ones
WITH part AS (
  SELECT
    p.payment_id,
    p.company_id,
    p.payee_id,
    p.amount,
    p.pay_date,
    NULLIF(p.approver_id, '') AS approver_id,
    q.area_code,
    q.days,
    q.min_parts
  FROM soe_payment AS p
  LEFT JOIN company AS c
    ON c.company_id = p.company_id
  LEFT JOIN param AS own
    ON own.area_code = c.area_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE p.company_id <> ''
    AND p.payee_id <> ''
    AND p.amount >= CAST(q.near AS DECIMAL(19, 6)) * q.level_limit
    AND p.amount < q.level_limit
), opening AS (
  SELECT DISTINCT
    p.company_id,
    p.payee_id,
    p.pay_date AS start_date,
    CAST(p.pay_date + p.days * INTERVAL '1' DAY AS DATE) AS end_date
  FROM part AS p
), span AS (
  SELECT
    w.company_id,
    w.payee_id,
    w.start_date,
    p.area_code,
    COUNT(*) AS parts,
    SUM(p.amount) AS window_total,
    MIN(p.pay_date) AS first_pay_date,
    MAX(p.pay_date) AS last_pay_date
  FROM opening AS w
  JOIN part AS p
    ON p.company_id = w.company_id
   AND p.payee_id = w.payee_id
  WHERE p.pay_date >= w.start_date
    AND p.pay_date < w.end_date
  GROUP BY w.company_id, w.payee_id, w.start_date, p.area_code, p.min_parts
  HAVING COUNT(*) >= p.min_parts
), ranked AS (
  SELECT
    s.company_id,
    s.payee_id,
    s.area_code,
    s.parts,
    s.window_total,
    s.first_pay_date,
    s.last_pay_date,
    ROW_NUMBER() OVER (PARTITION BY s.company_id, s.payee_id ORDER BY s.window_total DESC, s.start_date) AS place
  FROM span AS s
)
SELECT
  k.company_id,
  k.payee_id,
  k.area_code,
  k.parts,
  k.window_total,
  STRING_AGG(DISTINCT p.approver_id, ',' ORDER BY p.approver_id) AS approver_ids,
  k.first_pay_date,
  k.last_pay_date,
  'yellow' AS grade
FROM ranked AS k
JOIN part AS p
  ON p.company_id = k.company_id
 AND p.payee_id = k.payee_id
WHERE k.place = 1
  AND p.pay_date >= k.first_pay_date
  AND p.pay_date <= k.last_pay_date
GROUP BY k.company_id, k.payee_id, k.area_code, k.parts, k.window_total, k.first_pay_date, k.last_pay_date
