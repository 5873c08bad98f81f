WITH place AS (
  SELECT 1 AS n FROM run AS r UNION ALL SELECT 2 AS n FROM run AS r
  UNION ALL SELECT 3 AS n FROM run AS r UNION ALL SELECT 4 AS n FROM run AS r
  UNION ALL SELECT 5 AS n FROM run AS r UNION ALL SELECT 6 AS n FROM run AS r
  UNION ALL SELECT 7 AS n FROM run AS r UNION ALL SELECT 8 AS n FROM run AS r
), listed_account AS (
  SELECT q.area_code, 'surplus' AS kind, SPLIT_PART(q.surplus_accounts, '|', p.n) AS prefix
  FROM param AS q
  CROSS JOIN place AS p
  WHERE SPLIT_PART(q.surplus_accounts, '|', p.n) <> ''
  UNION ALL
  SELECT q.area_code, 'debt' AS kind, SPLIT_PART(q.debt_accounts, '|', p.n) AS prefix
  FROM param AS q
  CROSS JOIN place AS p
  WHERE SPLIT_PART(q.debt_accounts, '|', p.n) <> ''
), paid AS (
  SELECT
    d.village_code,
    d.year,
    q.area_code,
    COALESCE(SUM(d.amount), 0) AS dividends
  FROM dividend_payment AS d
  LEFT JOIN param AS own
    ON own.area_code = d.village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE d.village_code <> ''
    AND d.year IS NOT NULL
  GROUP BY d.village_code, d.year, q.area_code
), ledger AS (
  -- the summary row of an account where there is one, else its parties
  SELECT
    b.village_code,
    b.account_code,
    b.counterparty_id,
    EXTRACT(YEAR FROM b.period) AS year,
    EXTRACT(MONTH FROM b.period) AS month,
    b.opening,
    b.closing,
    MAX(CASE WHEN b.counterparty_id IS NULL THEN 1 ELSE 0 END) OVER (
      PARTITION BY b.village_code, b.account_code, b.period
    ) AS has_summary
  FROM village_balance AS b
), surplus AS (
  SELECT p.village_code, p.year, SUM(l.closing) AS surplus
  FROM paid AS p
  JOIN ledger AS l
    ON l.village_code = p.village_code
   AND l.year = p.year - 1
  WHERE l.month = 12
    AND (l.counterparty_id IS NULL OR l.has_summary = 0)
    AND EXISTS (
      SELECT 1
      FROM listed_account AS a
      WHERE a.area_code = p.area_code
        AND a.kind = 'surplus'
        AND STARTS_WITH(l.account_code, a.prefix)
    )
  GROUP BY p.village_code, p.year
), debt AS (
  SELECT p.village_code, p.year, SUM(l.closing - l.opening) AS new_debt
  FROM paid AS p
  JOIN ledger AS l
    ON l.village_code = p.village_code
   AND l.year = p.year
  WHERE l.closing > l.opening
    AND (l.counterparty_id IS NULL OR l.has_summary = 0)
    AND EXISTS (
      SELECT 1
      FROM listed_account AS a
      WHERE a.area_code = p.area_code
        AND a.kind = 'debt'
        AND STARTS_WITH(l.account_code, a.prefix)
    )
  GROUP BY p.village_code, p.year
), compared AS (
  SELECT
    p.village_code,
    p.year,
    p.area_code,
    p.dividends,
    COALESCE(s.surplus, 0) AS surplus,
    COALESCE(t.new_debt, 0) AS new_debt
  FROM paid AS p
  LEFT JOIN surplus AS s
    ON s.village_code = p.village_code
   AND s.year = p.year
  LEFT JOIN debt AS t
    ON t.village_code = p.village_code
   AND t.year = p.year
)
SELECT
  c.village_code,
  c.year,
  c.area_code,
  c.dividends,
  c.surplus,
  c.new_debt,
  'yellow' AS grade
FROM compared AS c
WHERE c.dividends > GREATEST(c.surplus, 0)
   OR (c.dividends > 0 AND c.new_debt > 0)
