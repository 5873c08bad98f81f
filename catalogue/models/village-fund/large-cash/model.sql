-- what went to nobody known, or on no known day, is not added up: each such voucher is a day's total of its own
WITH cash AS (
  SELECT
    v.voucher_id,
    v.village_code,
    COALESCE(v.payee_id, 'unknown') AS payee_id,
    v.voucher_date,
    CASE WHEN v.payee_id IS NULL OR v.voucher_date IS NULL THEN v.voucher_id END AS alone,
    v.debit,
    q.area_code,
    q."limit"
  FROM village_voucher AS v
  LEFT JOIN param AS own
    ON own.area_code = v.village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE v.pay_method = 'cash'
    AND v.debit IS NOT NULL
    AND v.village_code <> ''
), daily AS (
  SELECT
    c.village_code,
    c.payee_id,
    c.area_code,
    c.voucher_date,
    SUM(c.debit) AS daily_total,
    COUNT(*) AS vouchers
  FROM cash AS c
  GROUP BY c.village_code, c.payee_id, c.area_code, c.voucher_date, c.alone, c."limit"
  HAVING SUM(c.debit) >= c."limit"
), grouped AS (
  SELECT
    d.village_code,
    d.payee_id,
    d.area_code,
    COUNT(DISTINCT d.voucher_date) AS days,
    SUM(d.daily_total) AS amount_total,
    MAX(d.daily_total) AS max_daily_total,
    SUM(d.vouchers) AS vouchers,
    MAX(d.voucher_date) AS last_voucher_date
  FROM daily AS d
  GROUP BY d.village_code, d.payee_id, d.area_code
)
SELECT
  g.village_code,
  g.payee_id,
  g.area_code,
  g.days,
  g.amount_total,
  g.max_daily_total,
  CAST(g.vouchers AS BIGINT) AS vouchers,
  g.last_voucher_date,
  CASE WHEN g.max_daily_total >= CAST(q."limit" AS DECIMAL(20,6)) * q.red_factor THEN 'red' ELSE 'yellow' END AS grade
FROM grouped AS g
JOIN param AS q
  ON q.area_code = g.area_code
