WITH rent AS (
  SELECT
    t.txn_id,
    t.village_code,
    t.counterparty_id,
    t.amount,
    CAST(t.txn_time AS DATE) AS txn_date,
    q.min_receipts,
    q.min_amount
  FROM village_bank_txn AS t
  LEFT JOIN param AS own
    ON own.area_code = t.village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE t.direction = 'in'
    -- the list is a pattern of words, any of which may stand in the text
    AND REGEXP_REPLACE(t.summary, q.rent_words, '', 'g') <> t.summary
), income AS (
  SELECT
    p.village_code,
    p.counterparty_id,
    COUNT(*) AS receipts,
    SUM(p.amount) AS amount_total,
    MIN(p.txn_date) AS first_txn_date,
    MAX(p.txn_date) AS last_txn_date
  FROM rent AS p
  WHERE NOT EXISTS (
    SELECT 1
    FROM village_contract AS c
    WHERE c.village_code = p.village_code
      AND c.party_id = p.counterparty_id
      AND (c.status IS NULL OR c.status <> 'void')
      AND (c.start_date IS NULL OR c.start_date <= p.txn_date)
  )
  GROUP BY p.village_code, p.counterparty_id, p.min_receipts, p.min_amount
  HAVING COUNT(*) >= p.min_receipts
     AND SUM(p.amount) >= p.min_amount
), unlisted AS (
  SELECT DISTINCT
    c.village_code,
    c.party_id
  FROM village_contract AS c
  LEFT JOIN village_asset AS a
    ON a.asset_id = c.asset_id
  WHERE c.asset_id <> ''
    AND a.asset_id IS NULL
    AND (c.status IS NULL OR c.status <> 'void')
), matter AS (
  SELECT
    i.village_code,
    i.counterparty_id,
    i.receipts,
    i.amount_total,
    i.first_txn_date,
    i.last_txn_date,
    'A' AS letter
  FROM income AS i
  UNION ALL
  SELECT
    u.village_code,
    u.party_id AS counterparty_id,
    0 AS receipts,
    CAST(0 AS DECIMAL(18, 2)) AS amount_total,
    CAST(NULL AS DATE) AS first_txn_date,
    CAST(NULL AS DATE) AS last_txn_date,
    'B' AS letter
  FROM unlisted AS u
), listed AS (
  SELECT
    m.village_code,
    m.counterparty_id,
    SUM(m.receipts) AS receipts,
    SUM(m.amount_total) AS amount_total,
    MIN(m.first_txn_date) AS first_txn_date,
    MAX(m.last_txn_date) AS last_txn_date,
    STRING_AGG(m.letter, ',' ORDER BY m.letter) AS letters
  FROM matter AS m
  WHERE m.village_code <> ''
    AND m.counterparty_id <> ''
  GROUP BY m.village_code, m.counterparty_id
)
SELECT
  l.village_code,
  l.counterparty_id,
  q.area_code,
  CAST(l.receipts AS BIGINT) AS receipts,
  CAST(l.amount_total AS DECIMAL(18, 2)) AS amount_total,
  l.first_txn_date,
  l.last_txn_date,
  l.letters AS "case",
  'yellow' AS grade
FROM listed AS l
LEFT JOIN param AS own
  ON own.area_code = l.village_code
CROSS JOIN run AS r
JOIN param AS q
  ON q.area_code = COALESCE(own.area_code, r.root_area)
