-- between two months with entries the gap stands still, so a stretch of months is told from its first one
WITH bank AS (
  SELECT
    b.village_code,
    b.account_no,
    CAST(DATE_TRUNC('month', b.txn_time) AS DATE) AS month,
    CASE b.direction WHEN 'in' THEN b.amount WHEN 'out' THEN -b.amount ELSE 0 END AS net
  FROM village_bank_txn AS b
  CROSS JOIN run AS r
  WHERE b.account_no <> ''
    AND LAST_DAY(CAST(b.txn_time AS DATE)) <= r.as_of
), account AS (
  SELECT
    b.village_code,
    b.account_no,
    MIN(b.month) AS first_month
  FROM bank AS b
  GROUP BY b.village_code, b.account_no
), placed AS (
  SELECT
    a.village_code,
    a.account_no,
    a.first_month,
    q.area_code,
    q.tol,
    q.bank_account_prefix,
    CAST(DATE_TRUNC('month', CAST(r.as_of + INTERVAL '1' DAY AS DATE)) AS DATE) AS open_month
  FROM account AS a
  LEFT JOIN param AS own
    ON own.area_code = a.village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
), entry AS (
  SELECT b.village_code, b.account_no, b.month, b.net
  FROM bank AS b
  UNION ALL
  SELECT
    p.village_code,
    p.account_no,
    CAST(DATE_TRUNC('month', v.voucher_date) AS DATE) AS month,
    COALESCE(v.credit, 0) - COALESCE(v.debit, 0) AS net
  FROM placed AS p
  JOIN village_voucher AS v
    ON v.village_code = p.village_code
   AND v.account_code = p.bank_account_prefix || p.account_no
  WHERE v.voucher_date >= p.first_month
    AND v.voucher_date < p.open_month
), monthly AS (
  SELECT e.village_code, e.account_no, e.month, SUM(e.net) AS net
  FROM entry AS e
  GROUP BY e.village_code, e.account_no, e.month
), running AS (
  SELECT
    m.village_code,
    m.account_no,
    m.month,
    ABS(SUM(m.net) OVER (
      PARTITION BY m.village_code, m.account_no
      ORDER BY m.month
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    )) AS gap,
    LEAD(m.month) OVER (PARTITION BY m.village_code, m.account_no ORDER BY m.month) AS next_month
  FROM monthly AS m
), stretch AS (
  SELECT
    g.village_code,
    g.account_no,
    g.month,
    g.gap,
    g.next_month,
    LEAD(g.gap) OVER (PARTITION BY g.village_code, g.account_no ORDER BY g.month) AS next_gap
  FROM running AS g
), ended AS (
  -- the last month of a stretch is over only where the next stretch is over too
  SELECT
    s.village_code,
    s.account_no,
    p.area_code,
    s.month,
    s.gap,
    COALESCE(s.next_month, p.open_month) AS end_month,
    CASE WHEN s.next_gap > p.tol THEN 0 ELSE 1 END AS cancelled
  FROM stretch AS s
  JOIN placed AS p
    ON p.village_code = s.village_code
   AND p.account_no = s.account_no
  WHERE s.gap > p.tol
), excess AS (
  SELECT
    e.village_code,
    e.account_no,
    e.area_code,
    e.gap,
    e.month AS first_month,
    CAST(e.end_month - (e.cancelled + 1) * INTERVAL '1' MONTH AS DATE) AS last_month,
    DATE_DIFF('month', DATE_TRUNC('month', e.month), DATE_TRUNC('month', e.end_month)) - e.cancelled AS months
  FROM ended AS e
), grouped AS (
  SELECT
    o.village_code,
    o.account_no,
    o.area_code,
    SUM(o.months) AS months_over,
    MAX(o.gap) AS max_gap,
    MIN(o.first_month) AS first_month,
    MAX(o.last_month) AS last_month
  FROM excess AS o
  WHERE o.months > 0
  GROUP BY o.village_code, o.account_no, o.area_code
)
SELECT
  g.village_code,
  g.account_no,
  g.area_code,
  CAST(g.months_over AS BIGINT) AS months_over,
  g.max_gap,
  STRFTIME(g.first_month, '%Y-%m') AS first_month,
  STRFTIME(g.last_month, '%Y-%m') AS last_month,
  CASE WHEN g.months_over >= q.red_months AND g.max_gap >= q.red_gap THEN 'red' ELSE 'yellow' END AS grade
FROM grouped AS g
JOIN param AS q
  ON q.area_code = g.area_code
