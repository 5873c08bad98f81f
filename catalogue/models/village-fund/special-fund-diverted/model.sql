-- the account of a fund is a listed account followed by the budget number and nothing else
WITH place AS (
  SELECT 1 AS n FROM run AS r UNION ALL SELECT 2 AS n FROM run AS r
  UNION ALL SELECT 3 AS n FROM run AS r UNION ALL SELECT 4 AS n FROM run AS r
  UNION ALL SELECT 5 AS n FROM run AS r UNION ALL SELECT 6 AS n FROM run AS r
  UNION ALL SELECT 7 AS n FROM run AS r UNION ALL SELECT 8 AS n FROM run AS r
), listed_account AS (
  SELECT DISTINCT q.area_code, SPLIT_PART(q.fund_accounts, '|', p.n) AS prefix
  FROM param AS q
  CROSS JOIN place AS p
  WHERE SPLIT_PART(q.fund_accounts, '|', p.n) <> ''
), fund AS (
  SELECT
    b.budget_id,
    b.village_code,
    b.project_id,
    b.amount,
    b.issued_date,
    q.area_code,
    q.max_months,
    r.as_of
  FROM budget_project AS b
  LEFT JOIN param AS own
    ON own.area_code = b.village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE b.village_code <> ''
    AND b.project_id <> ''
    AND (b.issued_date IS NULL OR b.issued_date <= r.as_of)
), spent AS (
  SELECT
    f.budget_id,
    SUM(v.debit) AS spent_total,
    SUM(CASE WHEN v.matter_id IS DISTINCT FROM f.project_id THEN v.debit END) AS diverted_total,
    MAX(v.voucher_date) AS last_voucher_date
  FROM fund AS f
  JOIN listed_account AS a
    ON a.area_code = f.area_code
  JOIN village_voucher AS v
    ON v.village_code = f.village_code
   AND v.account_code = a.prefix || f.budget_id
  WHERE v.voucher_date <= f.as_of
  GROUP BY f.budget_id
), used AS (
  SELECT
    f.budget_id,
    f.village_code,
    f.area_code,
    f.project_id,
    f.amount,
    f.issued_date,
    COALESCE(s.diverted_total, 0) AS diverted_total,
    f.amount - COALESCE(s.spent_total, 0) AS unspent,
    s.last_voucher_date,
    f.max_months,
    f.as_of
  FROM fund AS f
  LEFT JOIN spent AS s
    ON s.budget_id = f.budget_id
)
SELECT
  u.budget_id,
  u.village_code,
  u.area_code,
  u.project_id,
  u.amount,
  u.issued_date,
  u.diverted_total,
  u.unspent,
  u.last_voucher_date,
  'red' AS grade
FROM used AS u
WHERE u.diverted_total > 0
   OR (u.unspent > 0 AND u.issued_date < CAST(u.as_of - u.max_months * INTERVAL '1' MONTH AS DATE))
