-- months counts the ends of months that have passed since the one of unchanged_since
WITH place AS (
  SELECT 1 AS n FROM run AS r UNION ALL SELECT 2 AS n FROM run AS r
  UNION ALL SELECT 3 AS n FROM run AS r UNION ALL SELECT 4 AS n FROM run AS r
  UNION ALL SELECT 5 AS n FROM run AS r UNION ALL SELECT 6 AS n FROM run AS r
  UNION ALL SELECT 7 AS n FROM run AS r UNION ALL SELECT 8 AS n FROM run AS r
), listed_account AS (
  SELECT q.area_code, SPLIT_PART(q.advance_accounts, '|', p.n) AS prefix
  FROM param AS q
  CROSS JOIN place AS p
  WHERE SPLIT_PART(q.advance_accounts, '|', p.n) <> ''
), advance AS (
  SELECT
    b.village_code,
    b.counterparty_id,
    b.period,
    b.account_code,
    b.closing,
    q.area_code,
    q.min_amount,
    q.max_months,
    r.as_of
  FROM village_balance AS b
  JOIN person AS n
    ON n.person_id = b.counterparty_id
  LEFT JOIN param AS own
    ON own.area_code = b.village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE b.period <= r.as_of
    AND EXISTS (
      SELECT 1
      FROM listed_account AS a
      WHERE a.area_code = q.area_code
        AND STARTS_WITH(b.account_code, a.prefix)
    )
), owed AS (
  SELECT
    a.village_code,
    a.counterparty_id,
    a.period,
    a.area_code,
    a.min_amount,
    a.max_months,
    a.as_of,
    STRING_AGG(a.account_code, ',' ORDER BY a.account_code) AS account_code,
    COALESCE(SUM(a.closing), 0) AS closing
  FROM advance AS a
  GROUP BY a.village_code, a.counterparty_id, a.period, a.area_code, a.min_amount, a.max_months, a.as_of
), ranked AS (
  SELECT
    o.village_code,
    o.counterparty_id,
    o.period,
    o.area_code,
    o.account_code,
    o.closing,
    o.max_months,
    o.as_of,
    MAX(CASE WHEN o.closing < o.min_amount THEN o.period END) OVER (PARTITION BY o.village_code, o.counterparty_id) AS last_below,
    ROW_NUMBER() OVER (PARTITION BY o.village_code, o.counterparty_id ORDER BY o.period DESC) AS latest
  FROM owed AS o
), standing AS (
  SELECT
    k.village_code,
    k.counterparty_id,
    k.area_code,
    k.max_months,
    k.as_of,
    MAX(CASE WHEN k.latest = 1 THEN k.account_code END) AS account_code,
    MAX(CASE WHEN k.latest = 1 THEN k.closing END) AS balance,
    MIN(k.period) AS unchanged_since
  FROM ranked AS k
  WHERE k.last_below IS NULL
     OR k.period > k.last_below
  GROUP BY k.village_code, k.counterparty_id, k.area_code, k.max_months, k.as_of
), aged AS (
  SELECT
    s.village_code,
    s.counterparty_id,
    s.area_code,
    s.account_code,
    s.balance,
    s.unchanged_since,
    s.max_months,
    s.as_of,
    DATE_DIFF(
      'month',
      DATE_TRUNC('month', s.unchanged_since),
      DATE_TRUNC('month', CAST(s.as_of + INTERVAL '1' DAY AS DATE))
    ) - 1 AS months
  FROM standing AS s
)
SELECT
  g.village_code,
  g.counterparty_id,
  g.area_code,
  g.account_code,
  g.balance,
  g.unchanged_since,
  g.months,
  CASE
    WHEN EXISTS (
      SELECT 1
      FROM in_office AS o
      WHERE o.village_code = g.village_code
        AND o.person_id = g.counterparty_id
        AND (o.from_date IS NULL OR o.from_date <= g.as_of)
        AND (o.to_date IS NULL OR o.to_date >= g.as_of)
    ) THEN 'red'
    ELSE 'yellow'
  END AS grade
FROM aged AS g
WHERE g.months >= g.max_months
