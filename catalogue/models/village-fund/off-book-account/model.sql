WITH opened AS (
  SELECT
    v.account_no,
    b.owner_id,
    v.village_code,
    b.opened_date,
    b.account_type,
    q.area_code
  FROM village_account AS v
  JOIN bank_account AS b
    ON b.account_no = v.account_no
  LEFT JOIN param AS own
    ON own.area_code = v.village_code
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
