WITH late AS (
  SELECT
    v.voucher_id,
    v.village_code,
    v.voucher_date,
    v.debit,
    DATE_DIFF('day', v.biz_date, v.voucher_date) AS delay,
    q.area_code
  FROM village_voucher AS v
  LEFT JOIN param AS own
    ON own.area_code = v.village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE v.voucher_date > CAST(r.as_of - 12 * INTERVAL '1' MONTH AS DATE)
    AND v.voucher_date <= r.as_of
    AND DATE_DIFF('day', v.biz_date, v.voucher_date) > q.max_days
    AND v.village_code <> ''
), grouped AS (
  SELECT
    l.village_code,
    l.area_code,
    COUNT(*) AS vouchers,
    COALESCE(SUM(l.debit), 0) AS amount_total,
    MAX(l.delay) AS max_delay,
    MAX(l.voucher_date) AS last_voucher_date
  FROM late AS l
  GROUP BY l.village_code, l.area_code
)
SELECT
  g.village_code,
  g.area_code,
  g.vouchers,
  g.amount_total,
  g.max_delay,
  g.last_voucher_date,
  CASE WHEN g.max_delay > q.raise_days THEN 'yellow' ELSE 'blue' END AS grade
FROM grouped AS g
JOIN param AS q
  ON q.area_code = g.area_code
