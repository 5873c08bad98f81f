-- a: the approver handled the voucher or was paid; b: parts below the limit that reach it together within a few days
WITH voucher AS (
  SELECT
    v.voucher_id,
    v.village_code,
    v.voucher_date,
    v.handler_id,
    v.approver_id,
    v.payee_id,
    v.debit,
    q.area_code,
    q."limit",
    q.window_days,
    q.min_parts
  FROM village_voucher AS v
  LEFT JOIN param AS own
    ON own.area_code = v.village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE v.debit > 0
    AND v.approver_id <> ''
    AND v.village_code <> ''
), part AS (
  SELECT
    v.voucher_id,
    v.village_code,
    v.voucher_date,
    v.approver_id,
    v.payee_id,
    v.debit,
    v."limit",
    v.window_days,
    v.min_parts
  FROM voucher AS v
  WHERE v.debit < v."limit"
    AND v.payee_id <> ''
), start AS (
  SELECT DISTINCT p.village_code, p.approver_id, p.payee_id, p.voucher_date, p."limit", p.window_days, p.min_parts
  FROM part AS p
), split AS (
  SELECT s.village_code, s.approver_id, s.payee_id, s.voucher_date, s.window_days
  FROM start AS s
  JOIN part AS p
    ON p.village_code = s.village_code
   AND p.approver_id = s.approver_id
   AND p.payee_id = s.payee_id
  WHERE p.voucher_date >= s.voucher_date
    AND p.voucher_date < CAST(s.voucher_date + s.window_days * INTERVAL '1' DAY AS DATE)
  GROUP BY s.village_code, s.approver_id, s.payee_id, s.voucher_date, s.window_days, s."limit", s.min_parts
  HAVING COUNT(*) >= s.min_parts
     AND SUM(p.debit) >= s."limit"
), split_part AS (
  SELECT DISTINCT p.village_code, p.voucher_id
  FROM split AS s
  JOIN part AS p
    ON p.village_code = s.village_code
   AND p.approver_id = s.approver_id
   AND p.payee_id = s.payee_id
  WHERE p.voucher_date >= s.voucher_date
    AND p.voucher_date < CAST(s.voucher_date + s.window_days * INTERVAL '1' DAY AS DATE)
), tested AS (
  SELECT
    v.voucher_id,
    v.village_code,
    v.approver_id,
    v.area_code,
    v.voucher_date,
    v.debit,
    CASE WHEN v.approver_id = v.handler_id OR v.approver_id = v.payee_id THEN 'a' END AS same_person,
    CASE WHEN s.voucher_id IS NOT NULL THEN 'b' END AS split_claim
  FROM voucher AS v
  LEFT JOIN split_part AS s
    ON s.village_code = v.village_code
   AND s.voucher_id = v.voucher_id
)
SELECT
  t.village_code,
  t.approver_id,
  t.area_code,
  COUNT(*) AS vouchers,
  SUM(t.debit) AS amount_total,
  CONCAT_WS(',', MAX(t.same_person), MAX(t.split_claim)) AS reasons,
  MAX(t.voucher_date) AS last_voucher_date,
  'yellow' AS grade
FROM tested AS t
WHERE t.same_person IS NOT NULL
   OR t.split_claim IS NOT NULL
GROUP BY t.village_code, t.approver_id, t.area_code
