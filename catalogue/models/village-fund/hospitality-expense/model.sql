WITH place AS (
  SELECT 1 AS n FROM run AS r UNION ALL SELECT 2 AS n FROM run AS r
  UNION ALL SELECT 3 AS n FROM run AS r UNION ALL SELECT 4 AS n FROM run AS r
  UNION ALL SELECT 5 AS n FROM run AS r UNION ALL SELECT 6 AS n FROM run AS r
  UNION ALL SELECT 7 AS n FROM run AS r UNION ALL SELECT 8 AS n FROM run AS r
  UNION ALL SELECT 9 AS n FROM run AS r UNION ALL SELECT 10 AS n FROM run AS r
  UNION ALL SELECT 11 AS n FROM run AS r UNION ALL SELECT 12 AS n FROM run AS r
  UNION ALL SELECT 13 AS n FROM run AS r UNION ALL SELECT 14 AS n FROM run AS r
  UNION ALL SELECT 15 AS n FROM run AS r UNION ALL SELECT 16 AS n FROM run AS r
  UNION ALL SELECT 17 AS n FROM run AS r UNION ALL SELECT 18 AS n FROM run AS r
  UNION ALL SELECT 19 AS n FROM run AS r UNION ALL SELECT 20 AS n FROM run AS r
), listed_account AS (
  SELECT q.area_code, SPLIT_PART(q.accounts, '|', p.n) AS prefix
  FROM param AS q
  CROSS JOIN place AS p
  WHERE SPLIT_PART(q.accounts, '|', p.n) <> ''
), listed_word AS (
  SELECT q.area_code, SPLIT_PART(q.words, '|', p.n) AS word
  FROM param AS q
  CROSS JOIN place AS p
  WHERE SPLIT_PART(q.words, '|', p.n) <> ''
), voucher AS (
  SELECT
    v.voucher_id,
    v.village_code,
    v.voucher_date,
    v.account_code,
    v.summary,
    v.payee_id,
    v.debit,
    q.area_code
  FROM village_voucher AS v
  LEFT JOIN param AS own
    ON own.area_code = v.village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE v.voucher_date IS NOT NULL
    AND v.debit IS NOT NULL
    AND v.village_code <> ''
), named AS (
  SELECT v.voucher_id, v.village_code, v.voucher_date, v.payee_id, v.debit, v.area_code
  FROM voucher AS v
  JOIN listed_account AS a
    ON a.area_code = v.area_code
   AND STARTS_WITH(v.account_code, a.prefix)
  UNION ALL
  SELECT v.voucher_id, v.village_code, v.voucher_date, v.payee_id, v.debit, v.area_code
  FROM voucher AS v
  JOIN listed_word AS w
    ON w.area_code = v.area_code
   AND STRPOS(v.summary, w.word) > 0
), expense AS (
  -- each voucher once, whatever it was found by
  SELECT DISTINCT
    n.voucher_id,
    n.village_code,
    CAST(EXTRACT(YEAR FROM n.voucher_date) AS INTEGER) AS year,
    n.voucher_date,
    n.payee_id,
    n.debit,
    n.area_code
  FROM named AS n
), payee AS (
  SELECT
    e.village_code,
    e.year,
    e.payee_id,
    ROW_NUMBER() OVER (PARTITION BY e.village_code, e.year ORDER BY SUM(e.debit) DESC, e.payee_id) AS rank
  FROM expense AS e
  WHERE e.payee_id <> ''
  GROUP BY e.village_code, e.year, e.payee_id
), grouped AS (
  SELECT
    e.village_code,
    e.year,
    e.area_code,
    SUM(e.debit) AS amount_total,
    COUNT(*) AS vouchers,
    MAX(e.voucher_date) AS last_voucher_date
  FROM expense AS e
  GROUP BY e.village_code, e.year, e.area_code
)
SELECT
  g.village_code,
  g.year,
  g.area_code,
  g.amount_total,
  g.vouchers,
  p.payee_id AS top_payee_id,
  g.last_voucher_date,
  CASE WHEN g.amount_total >= q.red_amount THEN 'red' ELSE 'yellow' END AS grade
FROM grouped AS g
LEFT JOIN payee AS p
  ON p.village_code = g.village_code
 AND p.year = g.year
 AND p.rank = 1
JOIN param AS q
  ON q.area_code = g.area_code
WHERE g.amount_total > q.max_per_year
