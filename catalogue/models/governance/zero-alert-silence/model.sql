-- records per movement are exact to twelve digits; the county's percentile lies between two villages of it.
-- Some village is always the lowest: a city may ask for one far below the county's median as well
WITH moved AS (
  SELECT
    t.village_code,
    SUBSTR(t.village_code, 1, 6) AS county,
    q.area_code,
    q.window_days,
    q.pctl,
    q.of_median,
    q.min_txns,
    q.min_villages,
    r.as_of,
    COUNT(*) AS transactions
  FROM village_bank_txn AS t
  LEFT JOIN param AS own
    ON own.area_code = t.village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE t.village_code <> ''
    AND CAST(t.txn_time AS DATE) > CAST(r.as_of - q.window_days * INTERVAL '1' DAY AS DATE)
    AND CAST(t.txn_time AS DATE) <= r.as_of
  GROUP BY t.village_code, q.area_code, q.window_days, q.pctl, q.of_median, q.min_txns, q.min_villages, r.as_of
  HAVING COUNT(*) >= q.min_txns
), entry AS (
  SELECT p.village_code, CAST(p.submit_time AS DATE) AS entered
  FROM village_approval AS p
  UNION ALL
  SELECT s.village_code, CAST(s.use_time AS DATE) AS entered
  FROM seal_use AS s
), recorded AS (
  SELECT
    m.village_code,
    COUNT(CASE WHEN e.entered > CAST(m.as_of - m.window_days * INTERVAL '1' DAY AS DATE) THEN 1 END) AS records,
    COUNT(*) AS both_windows
  FROM moved AS m
  JOIN entry AS e
    ON e.village_code = m.village_code
  WHERE e.entered > CAST(m.as_of - 2 * m.window_days * INTERVAL '1' DAY AS DATE)
    AND e.entered <= m.as_of
  GROUP BY m.village_code
), considered AS (
  SELECT
    m.village_code,
    m.county,
    m.area_code,
    m.pctl,
    m.of_median,
    m.min_villages,
    m.transactions,
    COALESCE(e.records, 0) AS records,
    COALESCE(e.both_windows, 0) AS both_windows,
    CAST(COALESCE(e.records, 0) / m.transactions AS DECIMAL(18, 12)) AS ratio
  FROM moved AS m
  LEFT JOIN recorded AS e
    ON e.village_code = m.village_code
), ranked AS (
  SELECT
    c.county,
    c.ratio,
    ROW_NUMBER() OVER (PARTITION BY c.county ORDER BY c.ratio, c.village_code) - 1 AS place
  FROM considered AS c
), county AS (
  SELECT
    c.county,
    COUNT(*) AS villages
  FROM considered AS c
  GROUP BY c.county
), placed AS (
  SELECT
    c.village_code,
    c.county,
    c.area_code,
    c.transactions,
    c.records,
    c.both_windows,
    c.ratio,
    c.of_median,
    CAST(FLOOR((n.villages - 1) / 2) AS BIGINT) AS below_middle,
    CAST(FLOOR(n.villages / 2) AS BIGINT) AS above_middle,
    c.pctl * (n.villages - 1) AS place,
    CAST(FLOOR(c.pctl * (n.villages - 1)) AS BIGINT) AS lower_place,
    CASE WHEN n.villages >= c.min_villages THEN TRUE ELSE FALSE END AS large
  FROM considered AS c
  JOIN county AS n
    ON n.county = c.county
), compared AS (
  SELECT
    p.village_code,
    p.area_code,
    p.transactions,
    p.records,
    p.both_windows,
    p.ratio,
    CAST(p.of_median AS DECIMAL(19, 6)) * (below.ratio + above.ratio) AS twice_low,
    CASE
      WHEN p.large
      THEN CAST(lo.ratio + (p.place - p.lower_place) * (COALESCE(hi.ratio, lo.ratio) - lo.ratio) AS DECIMAL(18, 12))
    END AS threshold
  FROM placed AS p
  JOIN ranked AS lo
    ON lo.county = p.county
   AND lo.place = p.lower_place
  LEFT JOIN ranked AS hi
    ON hi.county = p.county
   AND hi.place = p.lower_place + 1
  JOIN ranked AS below
    ON below.county = p.county
   AND below.place = p.below_middle
  JOIN ranked AS above
    ON above.county = p.county
   AND above.place = p.above_middle
)
SELECT
  c.village_code,
  c.area_code,
  c.transactions,
  c.records,
  CAST(c.threshold AS DECIMAL(18, 6)) AS county_threshold,
  CASE WHEN c.records = 0 AND c.both_windows = 0 THEN 'yellow' ELSE 'blue' END AS grade
FROM compared AS c
WHERE c.records = 0
   OR (c.ratio < c.threshold AND 2 * c.ratio < c.twice_low)
