WITH place AS (
  SELECT 1 AS n FROM run AS r UNION ALL SELECT 2 AS n FROM run AS r
  UNION ALL SELECT 3 AS n FROM run AS r UNION ALL SELECT 4 AS n FROM run AS r
  UNION ALL SELECT 5 AS n FROM run AS r UNION ALL SELECT 6 AS n FROM run AS r
  UNION ALL SELECT 7 AS n FROM run AS r UNION ALL SELECT 8 AS n FROM run AS r
), listed_account AS (
  SELECT q.area_code, SPLIT_PART(q.expense_accounts, '|', p.n) AS prefix
  FROM param AS q
  CROSS JOIN place AS p
  WHERE SPLIT_PART(q.expense_accounts, '|', p.n) <> ''
), expense AS (
  SELECT
    v.voucher_id,
    v.village_code,
    COALESCE(v.handler_id, 'unknown') AS handler_id,
    v.voucher_date,
    v.debit,
    v.attachment_count,
    v.invoice_no,
    v.pay_method,
    q.area_code
  FROM village_voucher AS v
  LEFT JOIN param AS own
    ON own.area_code = v.village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE v.debit >= q.min_amount
    AND v.village_code <> ''
    AND EXISTS (
      SELECT 1
      FROM listed_account AS a
      WHERE a.area_code = q.area_code
        AND STARTS_WITH(v.account_code, a.prefix)
    )
)
SELECT
  e.village_code,
  e.handler_id,
  e.area_code,
  COUNT(*) AS vouchers,
  SUM(e.debit) AS amount_total,
  MIN(e.voucher_date) AS first_voucher_date,
  MAX(e.voucher_date) AS last_voucher_date,
  'yellow' AS grade
FROM expense AS e
WHERE COALESCE(e.attachment_count, 0) = 0
   OR (e.invoice_no IS NULL AND COALESCE(e.pay_method, '') <> 'payroll')
GROUP BY e.village_code, e.handler_id, e.area_code
