WITH approved AS (
  SELECT
    a.matter_id AS purchase_id,
    CAST(MAX(a.approve_time) AS DATE) AS approved_date
  FROM village_approval AS a
  WHERE a.matter_type = 'procurement'
    AND a.result = 'pass'
  GROUP BY a.matter_id
), paid AS (
  SELECT
    v.matter_id AS purchase_id,
    MIN(v.voucher_date) AS first_voucher_date
  FROM village_voucher AS v
  WHERE v.debit > 0
  GROUP BY v.matter_id
), begun AS (
  SELECT
    b.purchase_id,
    b.village_code,
    q.area_code,
    b.amount,
    a.approved_date,
    v.first_voucher_date,
    b.purchase_date,
    LEAST(b.purchase_date, v.first_voucher_date) AS begin_date
  FROM village_purchase AS b
  LEFT JOIN approved AS a
    ON a.purchase_id = b.purchase_id
  LEFT JOIN paid AS v
    ON v.purchase_id = b.purchase_id
  LEFT JOIN param AS own
    ON own.area_code = b.village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE b.purchase_id <> ''
    AND b.amount >= q.min_amount
)
SELECT
  b.purchase_id,
  b.village_code,
  b.area_code,
  b.amount,
  b.approved_date,
  b.first_voucher_date,
  b.purchase_date,
  'yellow' AS grade
FROM begun AS b
WHERE b.approved_date IS NULL
   OR b.begin_date < b.approved_date
