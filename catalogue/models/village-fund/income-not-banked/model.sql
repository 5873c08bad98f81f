-- what was banked before the first entry the village's bank delivered cannot be told from the bank
-- a receipt is in the bank when a credit equals it, or equals all that was paid in on that day together
WITH taken AS (
  SELECT
    p.receipt_id,
    p.village_code,
    p.handler_id,
    p.received_date,
    CASE WHEN p.banked_date <= r.as_of THEN p.banked_date END AS banked_date,
    p.amount,
    q.area_code,
    q.max_days,
    q.match_days,
    q.min_amount,
    r.as_of
  FROM rent_receipt AS p
  LEFT JOIN param AS own
    ON own.area_code = p.village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE p.received_date <= r.as_of
    AND p.village_code <> ''
), day_total AS (
  SELECT t.village_code, t.banked_date, SUM(t.amount) AS amount
  FROM taken AS t
  WHERE t.banked_date IS NOT NULL
  GROUP BY t.village_code, t.banked_date
), credit AS (
  SELECT b.village_code, CAST(b.txn_time AS DATE) AS txn_date, b.amount
  FROM village_bank_txn AS b
  CROSS JOIN run AS r
  WHERE b.direction = 'in'
    AND CAST(b.txn_time AS DATE) <= r.as_of
), bank_since AS (
  SELECT b.village_code, MIN(CAST(b.txn_time AS DATE)) AS first_day
  FROM village_bank_txn AS b
  GROUP BY b.village_code
), matched AS (
  SELECT t.village_code, t.receipt_id
  FROM taken AS t
  JOIN credit AS c
    ON c.village_code = t.village_code
   AND c.amount = t.amount
  WHERE c.txn_date >= CAST(t.banked_date - t.match_days * INTERVAL '1' DAY AS DATE)
    AND c.txn_date <= CAST(t.banked_date + t.match_days * INTERVAL '1' DAY AS DATE)
  UNION ALL
  SELECT t.village_code, t.receipt_id
  FROM taken AS t
  JOIN day_total AS d
    ON d.village_code = t.village_code
   AND d.banked_date = t.banked_date
  JOIN credit AS c
    ON c.village_code = d.village_code
   AND c.amount = d.amount
  WHERE c.txn_date >= CAST(t.banked_date - t.match_days * INTERVAL '1' DAY AS DATE)
    AND c.txn_date <= CAST(t.banked_date + t.match_days * INTERVAL '1' DAY AS DATE)
), tested AS (
  SELECT
    t.receipt_id,
    t.village_code,
    t.handler_id,
    t.received_date,
    t.amount,
    t.area_code,
    t.max_days,
    DATE_DIFF('day', t.received_date, COALESCE(t.banked_date, t.as_of)) AS delay,
    CASE
      WHEN t.banked_date IS NULL THEN 0
      WHEN b.village_code IS NULL THEN 0
      WHEN EXISTS (
        SELECT 1
        FROM matched AS m
        WHERE m.village_code = t.village_code
          AND m.receipt_id = t.receipt_id
      ) THEN 0
      ELSE 1
    END AS without_entry
  FROM taken AS t
  LEFT JOIN bank_since AS b
    ON b.village_code = t.village_code
   AND b.first_day <= t.banked_date
  WHERE t.amount >= t.min_amount
    AND t.handler_id <> ''
), grouped AS (
  SELECT
    t.village_code,
    t.handler_id,
    t.area_code,
    COUNT(*) AS receipts,
    SUM(t.amount) AS amount_total,
    MAX(t.delay) AS max_delay,
    MIN(t.received_date) AS oldest_received_date,
    SUM(t.without_entry) AS without_bank_entry
  FROM tested AS t
  WHERE t.delay > t.max_days
     OR t.without_entry = 1
  GROUP BY t.village_code, t.handler_id, t.area_code
)
SELECT
  g.village_code,
  g.handler_id,
  g.area_code,
  g.receipts,
  g.amount_total,
  g.max_delay,
  g.oldest_received_date,
  CAST(g.without_bank_entry AS BIGINT) AS without_bank_entry,
  CASE WHEN g.max_delay > q.red_days OR g.amount_total >= q.red_amount THEN 'red' ELSE 'yellow' END AS grade
FROM grouped AS g
JOIN param AS q
  ON q.area_code = g.area_code
