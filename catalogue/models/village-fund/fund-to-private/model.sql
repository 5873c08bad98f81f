-- one row of the books explains one transfer: there must be as many rows as transfers of that amount
WITH moved AS (
  SELECT
    b.txn_id,
    b.village_code,
    b.counterparty_id,
    b.txn_time,
    CAST(b.txn_time AS DATE) AS txn_date,
    b.amount,
    q.area_code,
    q.match_days,
    q.max_degree,
    q.min_conf
  FROM village_bank_txn AS b
  LEFT JOIN param AS own
    ON own.area_code = b.village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE b.direction = 'out'
    AND b.amount >= q.min_amount
    AND b.counterparty_id <> ''
), tie AS (
  SELECT
    m.txn_id,
    m.village_code,
    m.counterparty_id,
    m.txn_time,
    m.txn_date,
    m.amount,
    m.area_code,
    m.match_days,
    t.official_id,
    t.path AS relation,
    t.degree,
    t.min_tier
  FROM moved AS m
  JOIN in_office AS o
    ON o.village_code = m.village_code
  JOIN related_party AS t
    ON t.official_id = o.person_id
   AND t.party_id = m.counterparty_id
  WHERE (o.from_date IS NULL OR o.from_date <= m.txn_date)
    AND (o.to_date IS NULL OR o.to_date >= m.txn_date)
    AND (t.from_date IS NULL OR t.from_date <= m.txn_date)
    AND (t.to_date IS NULL OR t.to_date >= m.txn_date)
    AND t.degree <= m.max_degree
    AND COALESCE(t.confidence, 1) >= m.min_conf
    AND t.levels = 0
), private AS (
  SELECT DISTINCT
    k.txn_id,
    k.village_code,
    k.counterparty_id,
    k.txn_time,
    k.txn_date,
    k.amount,
    k.area_code,
    k.match_days
  FROM tie AS k
), record AS (
  SELECT v.village_code, v.payee_id AS person_id, v.debit AS amount, v.voucher_date AS record_date
  FROM village_voucher AS v
  WHERE v.matter_id <> ''
  UNION ALL
  SELECT w.village_code, w.person_id, w.amount, w.pay_date AS record_date
  FROM village_labour AS w
  UNION ALL
  SELECT d.village_code, d.person_id, d.amount, d.pay_date AS record_date
  FROM dividend_payment AS d
), alike AS (
  SELECT p.village_code, p.txn_id, COUNT(*) AS transfers
  FROM private AS p
  JOIN private AS x
    ON x.village_code = p.village_code
   AND x.counterparty_id = p.counterparty_id
   AND x.amount = p.amount
  WHERE x.txn_time >= CAST(p.txn_time - p.match_days * INTERVAL '1' DAY AS TIMESTAMP)
    AND x.txn_time <= CAST(p.txn_time + p.match_days * INTERVAL '1' DAY AS TIMESTAMP)
  GROUP BY p.village_code, p.txn_id
), explained AS (
  SELECT p.village_code, p.txn_id
  FROM private AS p
  JOIN alike AS a
    ON a.village_code = p.village_code
   AND a.txn_id = p.txn_id
  JOIN record AS c
    ON c.village_code = p.village_code
   AND c.person_id = p.counterparty_id
   AND c.amount = p.amount
  WHERE c.record_date >= CAST(p.txn_date - 2 * p.match_days * INTERVAL '1' DAY AS DATE)
    AND c.record_date <= CAST(p.txn_date + 2 * p.match_days * INTERVAL '1' DAY AS DATE)
  GROUP BY p.village_code, p.txn_id, a.transfers
  HAVING COUNT(*) >= a.transfers
     AND MAX(
       CASE
         WHEN c.record_date >= CAST(p.txn_date - p.match_days * INTERVAL '1' DAY AS DATE)
          AND c.record_date <= CAST(p.txn_date + p.match_days * INTERVAL '1' DAY AS DATE) THEN 1
         ELSE 0
       END
     ) = 1
), left_over AS (
  SELECT
    p.txn_id,
    p.village_code,
    p.counterparty_id,
    p.txn_date,
    p.amount,
    p.area_code
  FROM private AS p
  WHERE NOT EXISTS (
    SELECT 1
    FROM explained AS e
    WHERE e.village_code = p.village_code
      AND e.txn_id = p.txn_id
  )
), nearest AS (
  SELECT
    k.village_code,
    k.counterparty_id,
    k.official_id,
    k.relation,
    k.min_tier,
    ROW_NUMBER() OVER (
      PARTITION BY k.village_code, k.counterparty_id
      ORDER BY k.degree, k.official_id, k.relation
    ) AS rank
  FROM left_over AS l
  JOIN tie AS k
    ON k.village_code = l.village_code
   AND k.txn_id = l.txn_id
)
SELECT
  l.village_code,
  l.counterparty_id,
  l.area_code,
  n.official_id,
  n.relation,
  COUNT(*) AS transfers,
  SUM(l.amount) AS amount_total,
  MIN(l.txn_date) AS first_txn_date,
  MAX(l.txn_date) AS last_txn_date,
  n.min_tier AS identity_tier,
  'red' AS grade
FROM left_over AS l
JOIN nearest AS n
  ON n.village_code = l.village_code
 AND n.counterparty_id = l.counterparty_id
 AND n.rank = 1
GROUP BY l.village_code, l.counterparty_id, l.area_code, n.official_id, n.relation, n.min_tier
