WITH paid AS (
  SELECT
    y.project_id,
    y.pay_date,
    y.amount,
    y.progress_pct,
    SUM(y.amount) OVER (
      PARTITION BY y.project_id
      ORDER BY y.pay_date, y.payment_id
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS cumulated
  FROM village_project_payment AS y
  WHERE y.amount IS NOT NULL
    AND y.pay_date IS NOT NULL
), tested AS (
  SELECT
    p.project_id,
    p.village_code,
    p.contract_amount,
    p.settle_amount,
    q.area_code,
    q.pre_accept_cap,
    y.pay_date,
    y.amount,
    CASE WHEN p.accept_date IS NULL OR y.pay_date < p.accept_date THEN y.amount ELSE 0 END AS early,
    CASE WHEN y.cumulated > (y.progress_pct + q.tolerance) * CAST(p.contract_amount AS DECIMAL(19, 2)) THEN 1 ELSE 0 END AS ahead,
    CAST(y.cumulated / p.contract_amount - y.progress_pct AS DECIMAL(18, 6)) AS excess
  FROM village_project AS p
  JOIN paid AS y
    ON y.project_id = p.project_id
  LEFT JOIN param AS own
    ON own.area_code = p.village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE p.contract_amount > 0
), summed AS (
  SELECT
    t.project_id,
    t.village_code,
    t.contract_amount,
    t.settle_amount,
    t.area_code,
    t.pre_accept_cap,
    SUM(t.amount) AS paid_total,
    MAX(t.excess) AS max_excess,
    SUM(t.early) AS paid_before_acceptance,
    MAX(t.pay_date) AS last_pay_date,
    MAX(t.ahead) AS ahead
  FROM tested AS t
  GROUP BY t.project_id, t.village_code, t.contract_amount, t.settle_amount, t.area_code, t.pre_accept_cap
)
SELECT
  s.project_id,
  s.village_code,
  s.area_code,
  s.paid_total,
  s.max_excess,
  s.paid_before_acceptance,
  s.last_pay_date,
  CASE WHEN s.paid_total > s.settle_amount THEN 'red' ELSE 'yellow' END AS grade
FROM summed AS s
WHERE s.project_id <> ''
  AND (
    s.ahead = 1
    OR s.paid_before_acceptance > s.pre_accept_cap * CAST(s.contract_amount AS DECIMAL(19, 2))
    OR s.paid_total > s.settle_amount
  )
