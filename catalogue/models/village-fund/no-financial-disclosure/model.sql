WITH place AS (
  SELECT 0 AS n FROM run AS r UNION ALL SELECT 1 AS n FROM run AS r
  UNION ALL SELECT 2 AS n FROM run AS r UNION ALL SELECT 3 AS n FROM run AS r
  UNION ALL SELECT 4 AS n FROM run AS r UNION ALL SELECT 5 AS n FROM run AS r
  UNION ALL SELECT 6 AS n FROM run AS r UNION ALL SELECT 7 AS n FROM run AS r
  UNION ALL SELECT 8 AS n FROM run AS r UNION ALL SELECT 9 AS n FROM run AS r
  UNION ALL SELECT 10 AS n FROM run AS r UNION ALL SELECT 11 AS n FROM run AS r
  UNION ALL SELECT 12 AS n FROM run AS r
), calendar AS (
  SELECT
    CAST(LAST_DAY(CAST(r.as_of - p.n * INTERVAL '1' MONTH AS DATE)) AS DATE) AS month_end,
    r.as_of
  FROM place AS p
  CROSS JOIN run AS r
), period AS (
  SELECT
    g.area_code AS village_code,
    c.month_end,
    q.area_code,
    q.busy_txns,
    q.late_days
  FROM region AS g
  LEFT JOIN param AS own
    ON own.area_code = g.area_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  JOIN calendar AS c
    ON c.month_end >= CAST(c.as_of - 12 * INTERVAL '1' MONTH AS DATE)
   AND c.month_end <= CAST(c.as_of - q.late_days * INTERVAL '1' DAY AS DATE)
  WHERE g.level = 'village'
), moved AS (
  SELECT b.village_code, CAST(LAST_DAY(CAST(b.txn_time AS DATE)) AS DATE) AS month_end
  FROM village_bank_txn AS b
), busy AS (
  SELECT m.village_code, m.month_end, COUNT(*) AS transactions
  FROM moved AS m
  GROUP BY m.village_code, m.month_end
), notice AS (
  SELECT d.village_code, d.publish_date
  FROM village_disclosure AS d
  CROSS JOIN run AS r
  WHERE d.category = 'finance'
    AND d.publish_date <= r.as_of
), due AS (
  SELECT
    p.village_code,
    p.area_code,
    p.month_end,
    COALESCE(b.transactions, 0) AS transactions,
    CASE
      WHEN EXISTS (
        SELECT 1
        FROM notice AS n
        WHERE n.village_code = p.village_code
          AND n.publish_date > p.month_end
          AND n.publish_date <= CAST(p.month_end + p.late_days * INTERVAL '1' DAY AS DATE)
      ) THEN p.month_end
    END AS met
  FROM period AS p
  LEFT JOIN busy AS b
    ON b.village_code = p.village_code
   AND b.month_end = p.month_end
  WHERE COALESCE(b.transactions, 0) >= p.busy_txns
     OR EXTRACT(MONTH FROM p.month_end) IN (3, 6, 9, 12)
), ranked AS (
  SELECT
    d.village_code,
    d.area_code,
    d.month_end,
    d.transactions,
    MAX(d.met) OVER (PARTITION BY d.village_code) AS last_met
  FROM due AS d
), missed AS (
  SELECT
    k.village_code,
    k.area_code,
    COUNT(*) AS missed_periods,
    SUM(k.transactions) AS transactions
  FROM ranked AS k
  WHERE k.last_met IS NULL
     OR k.month_end > k.last_met
  GROUP BY k.village_code, k.area_code
), published AS (
  SELECT n.village_code, MAX(n.publish_date) AS last_publish_date
  FROM notice AS n
  GROUP BY n.village_code
)
SELECT
  m.village_code,
  m.area_code,
  p.last_publish_date,
  m.missed_periods,
  CAST(m.transactions AS BIGINT) AS transactions,
  CASE WHEN m.missed_periods >= q.raise_missed THEN 'yellow' ELSE 'blue' END AS grade
FROM missed AS m
LEFT JOIN published AS p
  ON p.village_code = m.village_code
JOIN param AS q
  ON q.area_code = m.area_code
