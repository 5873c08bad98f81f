WITH village AS (
  SELECT g.area_code, g.name
  FROM region AS g
  WHERE g.level = 'village'
), owned AS (
  SELECT b.account_no, v.area_code AS village_code
  FROM bank_account AS b
  JOIN village AS v
    ON v.area_code = b.owner_id
), named AS (
  SELECT
    s.account_no,
    MIN(v.area_code) AS village_code,
    COUNT(*) AS villages,
    ROW_NUMBER() OVER (PARTITION BY s.account_no ORDER BY LENGTH(v.name) DESC) AS rank
  FROM name_beginning AS s
  JOIN village AS v
    ON v.name = s.beginning
  GROUP BY s.account_no, LENGTH(v.name)
), belonging AS (
  SELECT o.account_no, o.village_code
  FROM owned AS o
  UNION ALL
  SELECT n.account_no, n.village_code
  FROM named AS n
  LEFT JOIN owned AS o
    ON o.account_no = n.account_no
  WHERE n.rank = 1
    AND n.villages = 1
    AND o.account_no IS NULL
), opened AS (
  SELECT
    n.account_no,
    b.owner_id,
    n.village_code,
    b.opened_date,
    b.account_type,
    q.area_code
  FROM belonging AS n
  JOIN bank_account AS b
    ON b.account_no = n.account_no
  LEFT JOIN param AS own
    ON own.area_code = n.village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE b.opened_date < CAST(r.as_of - q.grace_days * INTERVAL '1' DAY AS DATE)
), known AS (
  SELECT DISTINCT t.account_no
  FROM village_bank_txn AS t
  CROSS JOIN run AS r
  WHERE CAST(t.txn_time AS DATE) <= r.as_of
)
SELECT
  o.account_no,
  o.owner_id,
  o.village_code,
  o.area_code,
  o.opened_date,
  o.account_type,
  'red' AS grade
FROM opened AS o
LEFT JOIN known AS k
  ON k.account_no = o.account_no
WHERE k.account_no IS NULL
